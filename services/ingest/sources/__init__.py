"""Outside sources of posts, one module each, all with the same `fetch()`."""
