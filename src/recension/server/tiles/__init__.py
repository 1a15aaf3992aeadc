"""Large images in squares at several scales: cut when first looked at, by a process of its own, and kept."""
