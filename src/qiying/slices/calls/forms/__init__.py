"""Forms of the pages; they validate and never save."""
