"""What is decided without a database: kinds, codes, shapes, coordinates, lines of a file."""
