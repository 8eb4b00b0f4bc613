"""YAML 1.2 whose keys know their lines, and checked reading of its values."""

import datetime as dt
import difflib
from collections.abc import Collection, Iterable
from typing import Any

from ruamel.yaml.error import YAMLError

from clinic.library.faults import Fault
from clinic.library.marked_yaml import LinedMap, load


def read_mapping(text: str, path: str, faults: list[Fault], first_line: int = 1) -> LinedMap | None:
    """Read YAML that must be a mapping; a fault and None when it is not one."""
    try:
        value = load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", error)
        line = min(mark.line, text.count("\n")) if mark else 0
        faults.append(Fault(path, first_line + line, f"not YAML: {problem}"))
        return None
    if not isinstance(value, LinedMap):
        faults.append(Fault(path, first_line, "write this as `key: value` lines"))
        return None
    return value


class Fields:
    """The keys of one mapping, read one by one; whatever is wrong joins `faults`."""

    def __init__(
        self, mapping: LinedMap, path: str, faults: list[Fault], first_line: int = 1
    ) -> None:
        self.mapping = mapping
        self.path = path
        self.faults = faults
        self.first_line = first_line

    def line(self, key: str, item: int | None = None) -> int:
        """The line of a key, or of one item of its list; of the mapping when it has no such key."""
        if key not in self.mapping:
            return self.first_line + self.mapping.line
        lines = self.mapping.lines if item is None else self.mapping[key].lines
        return self.first_line + int(lines[key if item is None else item])

    def fault(self, key: str, message: str, item: int | None = None) -> None:
        """Note what is wrong with a key, or with one item of its list."""
        self.faults.append(Fault(self.path, self.line(key, item), message))

    def only(self, known: Collection[str]) -> None:
        """Fault every key that is not known, naming the nearest one that is."""
        for key in self.mapping:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, n=1)
                mend = f"did you mean {near[0]!r}?" if near else f"use {', '.join(sorted(known))}"
                self.fault(key, f"unknown key {key!r}: {mend}")

    def value(self, key: str, *, required: bool = True) -> Any:
        """The value of a key as YAML gives it; a missing key is a fault when required."""
        if required and key not in self.mapping:
            self.fault(key, f"{key!r} is missing: add it")
        return self.mapping.get(key)

    def text(self, key: str) -> str:
        """A line of text that must be there."""
        value = self.value(key)
        if key in self.mapping and (not isinstance(value, str) or not value.strip()):
            self.fault(key, f"{key!r} must be text")
        return value.strip() if isinstance(value, str) else ""

    def text_or_none(self, key: str, *, required: bool = True) -> str | None:
        """A line of text, or null."""
        value = self.value(key, required=required)
        if value is not None and not isinstance(value, str):
            self.fault(key, f"{key!r} must be text or null")
            return None
        return value

    def number(self, key: str, *, least: int = 0, most: int | None = None) -> int:
        """A whole number within its limits."""
        return self.number_or_none(key, least=least, most=most, null_allowed=False) or 0

    def number_or_none(
        self, key: str, *, least: int = 0, most: int | None = None, null_allowed: bool = True
    ) -> int | None:
        """A whole number within its limits, or null."""
        value = self.value(key)
        if value is None and (null_allowed or key not in self.mapping):
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(key, f"{key!r} must be a whole number")
            return None
        if value < least or (most is not None and value > most):
            limit = f"{least} or more" if most is None else f"from {least} to {most}"
            self.fault(key, f"{key!r} must be {limit}, not {value}")
            return None
        return int(value)

    def date(self, key: str) -> dt.date:
        """A date that must be there."""
        found = self.date_or_none(key)
        if found is None and key in self.mapping and self.mapping[key] is None:
            self.fault(key, f"{key!r} must be a date such as 2027-05-13")
        return found or dt.date.min

    def date_or_none(self, key: str) -> dt.date | None:
        """A date, or null."""
        value = self.value(key)
        if value is None:
            return None
        if isinstance(value, dict | list):  # not told: a few aliases make it longer than memory
            self.fault(key, f"{key!r} must be a date such as 2027-05-13")
            return None
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fault(key, f"{key!r} must be a date such as 2027-05-13, not {str(value)!r}")
            return None

    def texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of texts."""
        value = self.value(key, required=required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fault(key, f"{key!r} must be a list of texts")
            return ()
        return tuple(value)

    def fields(self, key: str) -> "Fields | None":
        """The mapping under a key, to be read in its turn."""
        value = self.value(key)
        if isinstance(value, LinedMap):
            return Fields(value, self.path, self.faults, self.first_line)
        if key in self.mapping:
            self.fault(key, f"{key!r} must hold `key: value` pairs")
        return None

    def one_of(self, key: str, allowed: Iterable[str]) -> str:
        """A text out of a closed set."""
        value = self.text(key)
        options = tuple(allowed)
        if value and value not in options:
            self.fault(key, f"{key!r} must be one of {', '.join(options)}, not {value!r}")
        return value
