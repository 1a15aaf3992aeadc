"""Votes to consensus: pure numerics."""
