"""EDGE: reads and checks the files of `content/`."""
