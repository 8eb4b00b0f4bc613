"""Makes the PDF of a summary: templates, WeasyPrint, and a bounded pool of processes."""
