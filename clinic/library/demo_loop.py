"""Reads content/demo/loop.yaml: what was done with the made-up patients after they sent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from clinic.errors import ContentFault
from clinic.library.conditions import mappings
from clinic.library.demo import AGO, UNITS, DemoPlan
from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.texts import text_of
from clinic.referral.model import Channel, Kind
from clinic.referral.provider import Provider
from clinic.referral.states import Act
from clinic.triage.rules import Urgency

LOOP = Path("demo") / "loop.yaml"
RECEIVER = "receiver"
SIGN = Act.SIGN.value
CONSENTS = ("said", "signed", "form")
STEPS = tuple(act.value for act in Act)
DAYS = re.compile(r"-?\d{1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPair:
    """Two made-up patients whom somebody confirmed to be one person."""

    patient: str
    other: str
    by: str
    ago: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoInvitation:
    """Somebody who is invited: a made-up patient, or else a name with what goes with it."""

    by: str
    ago: timedelta
    in_days: int
    patient: str = ""
    name: str = ""
    birth_date: date | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStep:
    """One step of a referral, so long after its draft; `in_days` is the day of a visit."""

    by: str
    act: str
    after: timedelta
    words: str = ""
    in_days: int | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReferral:
    """One referral. `consent` says how the patient agreed, or "" when nobody asked yet."""

    patient: str
    by: str
    ago: timedelta
    provider: str
    kind: str
    question: str
    urgency: str
    in_days: int
    meanwhile: str
    consent: str
    steps: tuple[DemoStep, ...]


@dataclass(frozen=True, slots=True)
class DemoLoop:
    """Everything that was done after the answers were sent."""

    same_person: tuple[DemoPair, ...]
    invitations: tuple[DemoInvitation, ...]
    referrals: tuple[DemoReferral, ...]


def read_demo_loop(content: Path, plan: DemoPlan, providers: Iterable[Provider]) -> DemoLoop:
    """Read what was done with the people of a plan. Raises ContentFault with every fault."""
    path = content / LOOP
    faults: list[Fault] = []
    if not path.is_file():
        raise ContentFault([f"{path}:1: this file is missing: the demo is made from it"])
    mapping = read_mapping(text_of(path), str(path), faults)
    found = None
    if mapping is not None:
        found = _LoopReader(plan, providers).loop(Fields(mapping, str(path), faults))
    if faults or found is None:
        raise ContentFault([str(fault) for fault in faults])
    return found


class _LoopReader:
    """Reads one file against the people it speaks of."""

    def __init__(self, plan: DemoPlan, providers: Iterable[Provider]) -> None:
        self.sent = [patient.id for patient in plan.patients if not patient.stops]
        self.staff = [member.username for member in plan.staff]
        self.providers = [provider.name for provider in providers]

    def loop(self, top: Fields) -> DemoLoop:
        """Read the whole file."""
        top.only(("same_person", "invitations", "referrals"))
        return DemoLoop(
            tuple(self._pair(part) for part in mappings(top, "same_person")),
            tuple(self._invitation(part) for part in mappings(top, "invitations")),
            tuple(self._referral(part) for part in mappings(top, "referrals")),
        )

    def _pair(self, part: Fields) -> DemoPair:
        part.only(("patient", "other", "by", "ago"))
        return DemoPair(
            patient=part.one_of("patient", self.sent),
            other=part.one_of("other", self.sent),
            by=part.one_of("by", self.staff),
            ago=_span(part, "ago"),
        )

    def _invitation(self, part: Fields) -> DemoInvitation:
        part.only(("by", "ago", "in_days", "patient", "name", "birth-date", "phone"))
        is_known = "patient" in part.mapping
        return DemoInvitation(
            by=part.one_of("by", self.staff),
            ago=_span(part, "ago"),
            in_days=part.number("in_days"),
            patient=part.one_of("patient", self.sent) if is_known else "",
            name="" if is_known else part.text("name"),
            birth_date=None if is_known else part.date("birth-date"),
            phone="" if is_known else part.text("phone"),
        )

    def _referral(self, part: Fields) -> DemoReferral:
        part.only(
            (
                *("patient", "by", "ago", "provider", "kind", "question", "urgency"),
                *("in_days", "meanwhile", "consent", "steps"),
            )
        )
        return DemoReferral(
            patient=part.one_of("patient", self.sent),
            by=part.one_of("by", self.staff),
            ago=_span(part, "ago"),
            provider=part.one_of("provider", self.providers),
            kind=part.one_of("kind", list(Kind)),
            question=part.text("question"),
            urgency=part.one_of("urgency", list(Urgency)),
            in_days=_days(part) or 0,
            meanwhile=part.text_or_none("meanwhile", required=False) or "",
            consent=part.one_of("consent", CONSENTS) if "consent" in part.mapping else "",
            steps=tuple(self._step(step) for step in mappings(part, "steps")),
        )

    def _step(self, part: Fields) -> DemoStep:
        part.only(("act", "by", "after", "words", "in_days", "channel"))
        act = part.one_of("act", STEPS)
        return DemoStep(
            act=act,
            by=part.one_of("by", (*self.staff, RECEIVER)),
            after=_span(part, "after"),
            words=part.text_or_none("words", required=False) or "",
            in_days=_days(part) if "in_days" in part.mapping else None,
            channel=part.one_of("channel", list(Channel)) if act == Act.SEND else "",
        )


def _span(part: Fields, key: str) -> timedelta:
    found = AGO.fullmatch(part.text(key))
    if found is None:
        part.fault(key, "write a span as 90m, 5h or 3d")
        return timedelta()
    return int(found[1]) * UNITS[found[2]]


def _days(part: Fields) -> int | None:
    found = str(part.value("in_days"))
    if DAYS.fullmatch(found) is None:
        part.fault("in_days", "write a whole number of days, with a minus for days before")
        return None
    return int(found)
