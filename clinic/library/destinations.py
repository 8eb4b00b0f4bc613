"""Reads content/rules/destinations.yaml: where a patient may be sent."""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

from clinic.errors import ContentFault
from clinic.library.conditions import ConditionReader, mappings, names
from clinic.library.faults import Fault
from clinic.library.laying import in_language
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.texts import text_of
from clinic.questionnaire.conditions import Condition
from clinic.referral.destinations import Destination, DestinationTable, Service
from clinic.referral.topics import Topic
from clinic.triage.rules import RuleSet

DESTINATIONS = Path("rules") / "destinations.yaml"

TABLE_KEYS = ("version", "status", "services", "destinations")
ROW_KEYS = (
    *("id", "findings", "when", "why", "service", "clock", "phone_first", "send", "note"),
    *("source", "reviewed_by", "reviewed_on", "review_by"),
)


def read_destinations(
    content: Path, rules: RuleSet, language: str = FIRST_LANGUAGE
) -> DestinationTable:
    """Read the table; its findings are ids of these rules. Raises ContentFault."""
    table, faults = check_destinations(content, rules, language)
    if table is None:
        raise ContentFault([str(fault) for fault in faults])
    return table


def check_destinations(
    content: Path, rules: RuleSet, language: str = FIRST_LANGUAGE
) -> tuple[DestinationTable | None, list[Fault]]:
    """Give the table, or none and everything to mend in the file; words in a language."""
    path = content / DESTINATIONS
    faults: list[Fault] = []
    if not path.is_file():
        return None, [Fault(str(path), 1, "this file is missing: referrals need it")]
    text = text_of(path)
    mapping = read_mapping(text, str(path), faults)
    if mapping is not None:
        mapping = in_language(content, language, DESTINATIONS, mapping)
    table = _table(Fields(mapping, str(path), faults), text, rules) if mapping else None
    return (None if faults else table), faults


def _table(top: Fields, text: str, rules: RuleSet) -> DestinationTable:
    top.only(TABLE_KEYS)
    services = {each.id: each for each in map(_service, mappings(top, "services"))}
    conditions = ConditionReader(rules.named)
    known = {rule.id for rule in rules.rules}
    rows = tuple(_row(part, services, conditions, known) for part in mappings(top, "destinations"))
    ids = [row.id for row in rows]
    for row_id in sorted({each for each in ids if ids.count(each) > 1}):
        top.fault("destinations", f"the destination {row_id!r} stands twice: give one a new id")
    return DestinationTable(
        version=top.text("version"),
        hash=hashlib.sha256(text.encode()).hexdigest(),
        services=tuple(services.values()),
        destinations=rows,
    )


def _service(part: Fields) -> Service:
    part.only(("id", "name", "patient", "share", "about"))
    return Service(
        part.text("id"),
        part.text("name"),
        _topics(part, "share"),
        part.text("patient"),
        _topics(part, "about"),
    )


def _topics(part: Fields, key: str) -> tuple[Topic, ...]:
    topics = part.texts(key) if key in part.mapping else ()
    for topic in topics:
        if topic not in list(Topic):
            part.fault(key, f"there is no topic {topic!r}: use {', '.join(Topic)}")
    return tuple(Topic(topic) for topic in topics if topic in list(Topic))


def _row(
    part: Fields,
    services: Mapping[str, Service],
    conditions: ConditionReader,
    known: Collection[str],
) -> Destination:
    part.only(ROW_KEYS)
    findings = part.texts("findings") if "findings" in part.mapping else ()
    for rule_id in findings:
        if rule_id not in known:
            part.fault("findings", f"there is no rule {rule_id!r} in red-flags.yaml")
    service = part.one_of("service", services)
    return Destination(
        id=part.text("id"),
        findings=findings,
        when=_when(part, conditions, findings),
        why=part.text("why") if "when" in part.mapping else "",
        service=services.get(service, Service(service, service)),
        clock=part.text("clock"),
        send=part.text("send"),
        note=part.text("note") if "note" in part.mapping else "",
        phone_first=part.mapping.get("phone_first") is True,
        source=names(part, "source"),
        reviewed_by=part.text_or_none("reviewed_by"),
        reviewed_on=part.date_or_none("reviewed_on"),
        review_by=part.date("review_by"),
    )


def _when(part: Fields, conditions: ConditionReader, findings: tuple[str, ...]) -> Condition | None:
    if "when" in part.mapping:
        return conditions.when(part)
    if not findings:
        part.fault("findings", "give 'findings' or 'when': nothing would lead to this row")
    return None
