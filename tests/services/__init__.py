"""Real servers of a test session, on loopback ports, in temporary folders."""
