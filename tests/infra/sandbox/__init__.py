"""Tests of the invented world and its network."""
