"""The pages people use: server-rendered, HTMX on top, no build step.

Web reads and writes only through the services' REST API (`web.clients`), with the
signed-in person's own session token, so a page can never do more than the person may.
"""
