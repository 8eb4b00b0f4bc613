"""The questionnaire as a patient meets it, from consent to the paper at the end."""
