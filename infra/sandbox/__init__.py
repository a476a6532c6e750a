"""One invented region whose residents write posts; the fake world of the demo."""
