"""Marks English words that are put into other languages elsewhere, where they are shown.

The core names its sentences in English and knows no other language: the edge that shows one
looks it up in the catalogue. What stands within `marked(...)` is found for the catalogue.
"""


def marked(words: str) -> str:
    """Give the words as they are."""
    return words
