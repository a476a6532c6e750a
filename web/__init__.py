"""The pages people use: server-rendered, HTMX on top, everything by the REST API."""
