"""What lies in a commit: items of table files."""
