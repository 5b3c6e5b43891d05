"""Forms of Industry 120; they validate and never save."""
