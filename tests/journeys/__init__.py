"""Journeys: a real browser against the served program, one file a person."""
