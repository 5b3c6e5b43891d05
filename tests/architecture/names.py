"""What makers of zones and those who ask them call the same thing."""

EVERYTHING = "everything"
"""Who holds every role of a zone."""
COMPLAINT = "GRIEVANCE"
"""Stands in whatever belongs to the call that complains of a unit."""
