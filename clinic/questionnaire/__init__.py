"""The questionnaire engine: items, conditions, answers, checks. Pure; knows nothing of web or disk."""
