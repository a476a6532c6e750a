"""Tests of the pages, on a fake of the services' REST API."""
