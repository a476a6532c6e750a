"""Tests of the services, laid out as the tree they test."""
