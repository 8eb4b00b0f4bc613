"""JSON as text, with decimals exactly as they were written: 1.50 stays 1.50."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring, encode_basestring_ascii
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
    pieces: list[str] = []
    _write(value, pieces)
    return "".join(pieces)


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _write(value: Any, pieces: list[str]) -> None:
    if isinstance(value, str):
        pieces.append(_string(value))
    elif isinstance(value, Mapping):
        _write_object(value, pieces)
    elif isinstance(value, list | tuple):
        _write_list(value, pieces)
    elif isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"JSON has no {value}")
        pieces.append(str(value))
    elif value is None or isinstance(value, bool | int | float):
        pieces.append(json.dumps(value, allow_nan=False))
    else:
        raise TypeError(f"JSON has no {type(value).__name__}")


def _write_object(members: Mapping[str, Any], pieces: list[str]) -> None:
    separator = "{"
    for name, value in members.items():
        pieces.append(f"{separator}{_string(name)}:")
        _write(value, pieces)
        separator = ","
    pieces.append("}" if members else "{}")


def _write_list(values: Sequence[Any], pieces: list[str]) -> None:
    separator = "["
    for value in values:
        pieces.append(separator)
        _write(value, pieces)
        separator = ","
    pieces.append("]" if values else "[]")


def _string(text: str) -> str:
    """Leave words readable; escape all only where UTF-8 could not carry half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return encode_basestring_ascii(text)
    return encode_basestring(text)
