"""What the services' REST API answers, as frozen models; unknown fields are ignored."""
