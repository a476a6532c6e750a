"""One module per page family; each offers a `router`."""
