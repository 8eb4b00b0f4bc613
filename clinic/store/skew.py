"""How far the clocks of two machines may differ before one of them was set back."""

from datetime import timedelta

CLOCKS_APART = timedelta(minutes=1)
"""A moment that is further in the future than it could be was written before a clock was set
back. So far, and no further, two machines may differ without that."""
