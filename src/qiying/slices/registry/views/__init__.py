"""Pages of the register and the map."""
