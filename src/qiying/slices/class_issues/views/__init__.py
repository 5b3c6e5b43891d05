"""Pages of class issues."""
