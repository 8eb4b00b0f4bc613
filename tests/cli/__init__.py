"""Tests of the commands: what they print, and exit codes that scripts can trust."""
