"""Letters as plain data, to be kept and read again."""

from collections.abc import Mapping
from typing import Any

from clinic.referral.letter import Block, Letter, LetterLine, Part


def letter_to_data(letter: Letter) -> list[Any]:
    """Give a letter as lists and dictionaries."""
    return [
        {
            "part": block.part.value,
            "title": block.title,
            "lines": [
                {
                    "label": line.label,
                    "text": line.text,
                    "keys": list(line.keys),
                    "quoted": line.quoted,
                    "by": line.by,
                }
                for line in block.lines
            ],
        }
        for block in letter.blocks
    ]


def letter_from_data(data: list[Mapping[str, Any]]) -> Letter:
    """Read what letter_to_data gave."""
    return Letter(
        tuple(
            Block(
                Part(block["part"]),
                block["title"],
                tuple(
                    LetterLine(**{**line, "keys": tuple(line["keys"])}) for line in block["lines"]
                ),
            )
            for block in data
        )
    )
