"""Tests of triage: pure, with no app and no database."""
