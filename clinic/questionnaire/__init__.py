"""The questionnaire engine: items, conditions, answers, checks. Pure."""
