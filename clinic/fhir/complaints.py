"""What of a resource cannot be read, and where: gathered, so that all is named at once."""

import difflib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Path = tuple[str | int, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is not supported or not FHIR, by its path from the top of the resource."""

    path: Path
    link_id: str
    message: str

    def __str__(self) -> str:
        """Give `linkId: what is not supported`."""
        return f"{self.link_id}: {self.message}" if self.link_id else self.message


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a resource, and the list that complaints about it go into."""

    path: Path = ()
    link_id: str = ""
    complaints: list[Complaint] = field(default_factory=list)

    def down(self, *path: str | int, link_id: str | None = None) -> "Spot":
        """Give a place below this one."""
        named = self.link_id if link_id is None else link_id
        return Spot(self.path + path, named, self.complaints)

    def complain(self, message: str) -> None:
        """Put down what is wrong here."""
        self.complaints.append(Complaint(self.path, self.link_id, message))

    def read(self, raw: Any, reader: Callable[[Any], T], what: str) -> T | None:
        """Give what a reader makes of a value, or None after complaining."""
        try:
            return reader(raw)
        except ValueError as fault:
            self.complain(f"{what}: {fault}")
            return None

    def member(self, element: Mapping[str, Any], key: str, reader: Callable[[Any], T]) -> T | None:
        """Read a member that may be absent."""
        return self.down(key).read(element[key], reader, key) if key in element else None

    def objects(
        self, element: Mapping[str, Any], key: str
    ) -> list[tuple["Spot", Mapping[str, Any]]]:
        """Give the objects of a list that may be absent, each with its place."""
        raw = element.get(key, [])
        if not isinstance(raw, list):
            self.down(key).complain(f"{key} must be a list")
            return []
        found = []
        for number, member in enumerate(raw):
            spot = self.down(key, number)
            if isinstance(member, Mapping):
                found.append((spot, member))
            else:
                spot.complain(f"{key}: each member must be an object")
        return found

    def refuse_unknown_keys(
        self, element: Mapping[Any, Any], known: Collection[str], what: str
    ) -> None:
        """Complain of members that FHIR does not have here, with the likely mend."""
        for key in element:
            if not isinstance(key, str):
                self.complain(f"{key!r} is not a name that FHIR has in {what}")
            elif key.removeprefix("_") not in known:
                close = difflib.get_close_matches(key, known, n=1)
                mend = f"; is it meant to be {close[0]!r}?" if close else ""
                self.down(key).complain(f"{key!r} is not an element of {what} in FHIR R4{mend}")
