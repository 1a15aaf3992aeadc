"""The store beside the tools that people would otherwise take, on the same files."""
