"""HTTP shapes of the ingest service, one module for each resource."""
