"""What anybody may read: stretches, options, how we decide, privacy."""
