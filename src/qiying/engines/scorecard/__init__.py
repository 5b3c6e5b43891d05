"""Scorecards: whole points for evidence, grades, reasons."""
