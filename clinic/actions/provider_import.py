"""A CSV file into the directory: a dry run that lists every fault, then all of it or nothing."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from clinic.actions.provider_csv import COLUMNS, Line, LineFault, cell_of, read_sheet, write_sheet
from clinic.actions.providers import KEEPERS, doubled_words, record
from clinic.errors import BadInput, Conflict, NotAllowed
from clinic.referral.destinations import Service
from clinic.referral.npi import is_npi
from clinic.referral.provider import LONGEST, Provider, problems, tidy
from clinic.referral.typed_day import day_of
from clinic.store import providers
from clinic.store.database import Database, Transaction
from clinic.store.ids import new_id
from clinic.store.staff import Member

YES = frozenset({"yes", "y", "true", "1", "facility"})
NO = frozenset({"", "no", "n", "false", "0", "person"})
NOBODY = UUID(int=0)
"""The id of an entry that has none yet."""


class Step(NamedTuple):
    """What a line of the file leads to: a new entry, or another text of one that stands."""

    line: int
    entry: Provider
    was: Provider | None

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Each column that changes, with both texts."""
        if self.was is None:
            return []
        both = ((name, cell_of(self.was, name), cell_of(self.entry, name)) for name in COLUMNS)
        return [(name, before, after) for name, before, after in both if before != after]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do. With a fault nothing is done. `digest` names exactly this plan."""

    steps: tuple[Step, ...]
    same: int
    faults: tuple[LineFault, ...]
    notes: tuple[str, ...]

    @property
    def adds(self) -> list[Step]:
        """The lines that make a new entry."""
        return [step for step in self.steps if step.was is None]

    @property
    def changes(self) -> list[Step]:
        """The lines that change an entry."""
        return [step for step in self.steps if step.was is not None]

    @property
    def digest(self) -> str:
        """Names the plan, with the versions that it would write over."""
        versions = " ".join(f"{step.line}:{step.entry.version}" for step in self.steps)
        text = write_sheet(step.entry for step in self.steps)
        return hashlib.sha256(f"{versions}\n{text}".encode()).hexdigest()


def dry_run(database: Database, data: bytes, services: Collection[Service], today: date) -> Plan:
    """Say what a file would do, and do nothing. Raises BadInput for a file that is no text."""
    with database.reading() as tx:
        return _plan(tx, data, services, today)


def carry_out(
    database: Database,
    data: bytes,
    digest: str,
    services: Collection[Service],
    *,
    by: Member,
    now: datetime,
    today: date,
) -> Plan:
    """Do what the dry run showed, all of it or nothing, and give what was done.

    Sent twice, it does nothing the second time. Raises BadInput for a fault, and Conflict
    when the directory changed since, so that the file would do something else.
    """
    if by.role not in KEEPERS:
        raise NotAllowed("A clinician or an admin keeps the directory.")
    with database.writing() as tx:
        providers.keep_alone(tx)
        plan = _plan(tx, data, services, today)
        if plan.faults:
            raise BadInput("There is something to mend in this file.")
        if plan.steps and plan.digest != digest:
            raise Conflict("The directory was changed since you looked. Look at it once more.")
        for step in plan.steps:
            _do(tx, step, by, now)
        if plan.steps:
            words = f"{len(plan.adds)} added, {len(plan.changes)} changed"
            record(tx, by, "provider.import", None, now, words)
    return plan


def export(database: Database, *, by: Member, now: datetime) -> str:
    """Give every listed entry as CSV."""
    with database.writing() as tx:
        record(tx, by, "provider.export", None, now)
        return write_sheet(providers.everyone(tx))


def _do(tx: Transaction, step: Step, by: Member, now: datetime) -> None:
    if step.was is None:
        entry = replace(step.entry, id=new_id())
        providers.add(tx, entry, now=now)
        record(tx, by, "provider.add", entry.id, now, "from a file")
    else:
        providers.save(tx, step.entry, version=step.was.version, now=now)
        record(tx, by, "provider.change", step.entry.id, now, "from a file")


def _plan(tx: Transaction, data: bytes, services: Collection[Service], today: date) -> Plan:
    sheet = read_sheet(data)
    planner = _Planner(tx, services, today)
    for line in sheet.lines:
        planner.take(line)
    faults = sorted((*sheet.faults, *planner.faults), key=lambda fault: fault.line)
    return Plan(tuple(planner.steps), planner.same, tuple(faults), sheet.notes)


class _Planner:
    """Takes the lines one by one, and compares each with the directory and with those before."""

    def __init__(self, tx: Transaction, services: Collection[Service], today: date) -> None:
        self.tx = tx
        self.today = today
        self.service_ids = frozenset(service.id for service in services)
        self.by_word = {
            word.casefold(): each.id for each in services for word in (each.id, each.name)
        }
        self.standing = {entry.id: entry for entry in providers.everyone(tx)}
        self.known = {_text_of(entry) for entry in self.standing.values()}
        self.lines_of: dict[str, int] = {}
        self.steps: list[Step] = []
        self.faults: list[LineFault] = []
        self.same = 0

    def take(self, line: Line) -> None:
        """Find out what a line leads to."""
        faults: list[LineFault] = []
        was = self._was(line, faults)
        entry = self._entry(line, was, faults)
        wrong = problems(entry, self.service_ids, self.today)
        named = {fault.column for fault in faults}
        faults += [LineFault(line.number, *each) for each in wrong if each[0] not in named]
        faults += self._doubled(line, entry, was)
        self.faults += faults
        if faults:
            return
        if _text_of(entry) == (_text_of(was) if was else None) or (
            was is None and _text_of(entry) in self.known
        ):
            self.same += 1
        else:
            self.steps.append(Step(line.number, entry, was))

    def _was(self, line: Line, faults: list[LineFault]) -> Provider | None:
        typed = line.cells.get("id", "").strip()
        if not typed:
            return None
        try:
            found = providers.find(self.tx, UUID(typed))
        except ValueError:
            found = None
        if found is None:
            words = "No entry has this id. Leave the cell empty to add a new one."
            faults.append(LineFault(line.number, "id", words))
        elif found.removed_at is not None:
            words = f"“{found.name}” was removed. Bring it back first, then change it."
            faults.append(LineFault(line.number, "id", words))
        return found

    def _entry(self, line: Line, was: Provider | None, faults: list[LineFault]) -> Provider:
        cells = line.cells
        changes: dict[str, Any] = {name: cells[name] for name in (*LONGEST, "npi") if name in cells}
        if "service" in cells:
            typed = " ".join(cells["service"].split())
            changes["service"] = self.by_word.get(typed.casefold(), typed)
        if "facility" in cells:
            changes["is_facility"] = _is_facility(line, faults)
        if "board_checked_on" in cells:
            changes["board_checked_on"] = _day(line, faults)
        return tidy(replace(was or Provider(id=NOBODY, name="", service=""), **changes))

    def _doubled(self, line: Line, entry: Provider, was: Provider | None) -> Iterator[LineFault]:
        """What stands in the file twice, or in the directory under another entry."""
        for column, value in (("id", str(was.id) if was else ""), ("npi", entry.npi)):
            first = self.lines_of.setdefault(f"{column} {value}", line.number) if value else 0
            if first and first != line.number:
                words = f"This {column.upper()} stands in line {first} already."
                yield LineFault(line.number, column, words)
        first = 0 if was or entry.npi else self.lines_of.setdefault(_text_of(entry), line.number)
        if first and first != line.number:
            yield LineFault(line.number, "", f"This is the same entry as in line {first}.")
        other = providers.by_npi(self.tx, entry.npi) if is_npi(entry.npi) else None
        if other is None or other.id == entry.id:
            return
        if other.removed_at is not None:
            yield LineFault(line.number, "npi", doubled_words(other))
        elif _text_of(other) != _text_of(entry):
            more = f" To change that entry, write its id: {other.id}."
            yield LineFault(line.number, "npi", doubled_words(other) + more)


def _text_of(entry: Provider) -> str:
    """Everything that is said of an entry, but for its id."""
    return "\x1f".join(cell_of(entry, column) for column in COLUMNS if column != "id")


def _is_facility(line: Line, faults: list[LineFault]) -> bool:
    word = line.cells["facility"].strip().casefold()
    if word not in YES | NO:
        faults.append(LineFault(line.number, "facility", "Write yes or no."))
    return word in YES


def _day(line: Line, faults: list[LineFault]) -> date | None:
    typed = line.cells["board_checked_on"].strip()
    try:
        return day_of(typed) if typed else None
    except BadInput as fault:
        faults.append(LineFault(line.number, "board_checked_on", str(fault)))
        return None
