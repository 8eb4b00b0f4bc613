"""The paper form: printed for a patient, and typed in by staff with the pages of a patient."""
