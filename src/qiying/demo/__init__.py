"""The demonstration zone: a seeded generator of an invented zone, its people, firms and calls."""
