"""Calling the networks' APIs: what watching (ingest) and answering (triage) share.

Nothing here knows posts or replies; a network's own part is a package in here.
"""
