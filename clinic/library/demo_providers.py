"""Reads content/demo/providers.yaml: the made-up directory of `clinic run --demo`."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from clinic.errors import ContentFault
from clinic.library.conditions import mappings
from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.texts import text_of
from clinic.referral.provider import LONGEST, Provider, problems, tidy

DEMO_PROVIDERS = Path("demo") / "providers.yaml"
DAYS_AGO = "board_checked_days_ago"
KEYS = (*LONGEST, "is_facility", "service", "npi", DAYS_AGO)
KEY_OF = {"board_checked_on": DAYS_AGO}
"""The file's name of a field, where it is another."""
NOBODY = UUID(int=0)
"""The id of an entry that is not in a directory yet."""


def read_demo_providers(
    content: Path, services: Collection[str], today: date
) -> tuple[Provider, ...]:
    """Read the entries; days are counted back from today. Raises ContentFault with every fault."""
    path = content / DEMO_PROVIDERS
    faults: list[Fault] = []
    if not path.is_file():
        raise ContentFault([f"{path}:1: this file is missing: the demo is made from it"])
    mapping = read_mapping(text_of(path), str(path), faults)
    found: list[Provider] = []
    if mapping is not None:
        top = Fields(mapping, str(path), faults)
        top.only(("providers",))
        seen: set[str] = set()
        known = frozenset(services)
        found = [_entry(part, known, seen, today) for part in mappings(top, "providers")]
    if faults:
        raise ContentFault([str(fault) for fault in faults])
    return tuple(found)


def _entry(part: Fields, services: frozenset[str], seen: set[str], today: date) -> Provider:
    part.only(KEYS)
    days = part.number(DAYS_AGO) if DAYS_AGO in part.mapping else None
    texts: dict[str, Any] = dict(_texts(part))
    entry = tidy(
        Provider(
            id=NOBODY,
            service=part.text("service"),
            is_facility=part.mapping.get("is_facility") is True,
            board_checked_on=None if days is None else today - timedelta(days=days),
            **texts,
        )
    )
    for field, words in problems(entry, services, today):
        part.fault(KEY_OF.get(field, field), words)
    if entry.npi and entry.npi in seen:
        part.fault("npi", f"the NPI {entry.npi} stands twice")
    seen.add(entry.npi)
    return entry


def _texts(part: Fields) -> Iterator[tuple[str, str]]:
    yield "name", part.text("name")
    for name in (*LONGEST, "npi"):
        if name != "name" and name in part.mapping:
            yield name, part.text(name)
