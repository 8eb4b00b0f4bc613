"""Tests of mail against a real, small SMTP server on this machine."""
