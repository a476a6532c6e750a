"""What watching Facebook and Instagram have in common; no network by itself.

Both are read through Graph: posts on a few edges (`lanes`), newest first, comments
under each, single objects by their id. What differs is an `Edges` of each network;
`watch` is the source that polls with it, in the steps of `reading`.
"""
