"""The receiving side: one referral, by its link or short code, without an account."""
