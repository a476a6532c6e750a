"""MAX's bot API: what watching chats and answering in them share.

`services/ingest/sources/max` reads with it, `services/triage/publishers/max` answers
with it: the calls with their limits (`client`), the table of errors, how messages are
named, and the three steps of an answer (look, send, find).
"""
