"""Tests of the embedded servers, the command line and the sandbox."""
