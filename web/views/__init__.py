"""API answers made ready for templates: frozen dataclasses, one module per page."""
