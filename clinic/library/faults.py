"""What is wrong in a content file, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of one file, told as `path:line: message`. The message names the mend.

    `unfinished` is true of a translation that is not made yet and that nobody's safety rests on:
    the English is shown in its place.
    """

    path: str
    line: int
    message: str
    unfinished: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"
