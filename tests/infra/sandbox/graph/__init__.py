"""Tests of the stages the fake networks stand on."""
