"""A real Label Studio beside Recension: its installation, its start, and the same work in its page."""
