"""Triage: rules, facts and the assessment of one response. Pure; decides nothing a person cannot read."""
