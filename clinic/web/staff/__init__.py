"""The staff pages: who needs a call, one patient at a glance, and what was done."""
