"""Label schemas, items, regions and answers: pure, no I/O."""
