"""EDGE: FHIR R4 JSON in, values of the core out, and back."""
