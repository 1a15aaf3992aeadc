"""Blobs, packs, ranges, commits and refs: a versioned store, usable without the server."""
