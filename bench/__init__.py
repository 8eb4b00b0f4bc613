"""What is measured, and how. `make bench` runs it all; README.md holds the figures."""
