"""Intake and referral for adults with low back pain: read, answer, take the paper along."""
