"""JSON as text, with decimals exactly as they were written: 1.50 stays 1.50."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from clinic.errors import BadInput


def loads(text: str | bytes) -> Any:
    """Read JSON; numbers with a point become Decimal. Raises BadInput, naming the line."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except json.JSONDecodeError as fault:
        raise BadInput(
            f"This is not JSON: line {fault.lineno}, column {fault.colno}: {fault.msg}."
        ) from None
    except UnicodeDecodeError:
        raise BadInput("This is not JSON: it is not text in UTF-8.") from None
    except RecursionError:
        raise BadInput("This JSON is nested too deep to be read.") from None
    except (ValueError, ArithmeticError):
        raise BadInput("This is not JSON: it holds a number that cannot be read.") from None


def dumps(value: Any) -> str:
    """Write JSON from dictionaries, lists, text, numbers and Decimals.

    Raises TypeError for what JSON has no name for, ValueError for a number without end.
    """
    return "".join(_pieces(value))


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _pieces(value: Any) -> Iterator[str]:
    match value:
        case None | bool() | int() | float():
            yield json.dumps(value, allow_nan=False)
        case str():
            yield _string(value)
        case Decimal():
            if not value.is_finite():
                raise ValueError(f"JSON has no {value}")
            yield str(value)
        case Mapping():
            yield from _joined("{", "}", (_member(name, inner) for name, inner in value.items()))
        case Sequence():
            yield from _joined("[", "]", (_pieces(inner) for inner in value))
        case _:
            raise TypeError(f"JSON has no {type(value).__name__}")


def _member(name: str, value: Any) -> Iterator[str]:
    yield _string(name) + ":"
    yield from _pieces(value)


def _joined(start: str, end: str, parts: Iterator[Iterator[str]]) -> Iterator[str]:
    yield start
    for number, part in enumerate(parts):
        if number:
            yield ","
        yield from part
    yield end


def _string(text: str) -> str:
    """Escape what is not ASCII only where UTF-8 could not carry it: half a surrogate pair."""
    return json.dumps(text, ensure_ascii=any("\ud800" <= c <= "\udfff" for c in text))
