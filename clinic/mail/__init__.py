"""EDGE: messages without patient data, and SMTP."""
