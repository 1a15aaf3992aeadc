"""HTTP API, sign-in, wiring and background loops."""
