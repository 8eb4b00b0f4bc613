"""The summary of one intake: what the screen, the PDF and the staff page all show. Pure."""
