"""What a question is made of on the page: boxes to type in, and answers to pick."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer to pick: what it posts, how it reads."""

    code: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One box of a question: where it is posted, what stands in it, how it looks."""

    name: str
    id: str
    label: str
    text: str = ""
    width: str = ""
    inputmode: str = ""
    autocomplete: str = ""
    wrong: bool = False
    choices: tuple[Choice, ...] = ()
