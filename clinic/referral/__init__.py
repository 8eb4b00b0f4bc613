"""CORE: what staff decide, whom they send it to, and the states of the loop."""
