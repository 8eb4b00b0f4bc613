"""What is wrong in a content file, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of one file, told as `path:line: message`. The message names the mend."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"
