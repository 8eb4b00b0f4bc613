"""Triage: rules, facts and the assessment of one response. Pure."""
