"""Outside sources of posts: a folder for each network, all with the same `fetch()`."""
