"""Pages of Industry 120."""
