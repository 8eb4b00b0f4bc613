"""What people do here, one verb a function: decided with the core, saved with the store."""
