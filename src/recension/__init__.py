"""Versioned data, labels made by people and models, and pipelines over both."""
