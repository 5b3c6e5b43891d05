"""Pages of the duty chief, the staff and the leader."""
