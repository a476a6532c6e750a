"""Mirror of the tree; the module's name says the kind of test."""
