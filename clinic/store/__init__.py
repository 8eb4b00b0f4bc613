"""What is kept: the encrypted database, its tables, and what may be done to each."""
