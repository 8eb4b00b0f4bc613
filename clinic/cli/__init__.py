"""Commands for people who look after content, staff and data."""

from clinic.cli.main import main

__all__ = ["main"]
