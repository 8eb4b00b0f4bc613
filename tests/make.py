"""Makes things for tests from plain values: a choice from its code, a date from its text.

make_response({"pain-now": 7, "fever": "yes", "pain-where": ["low-back", "leg"]}) answers the
shipped questionnaire; give `questionnaire=` for another.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from clinic.intake import Intake, IntakeState
from clinic.library.places import content_dir
from clinic.library.questionnaires import read_questionnaire
from clinic.questionnaire.conditions import AllOf, Comparison, Condition, Kind, Operator
from clinic.questionnaire.model import Item, ItemType, Option, Questionnaire, Text
from clinic.questionnaire.response import Answer, Response, enabled_places, unasked
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Value

NOW = datetime(2026, 3, 17, 14, 30, tzinfo=UTC)
TODAY = date(2026, 3, 17)
INTAKE_ID = UUID("0195a3c0-0000-7000-8000-000000000001")
SYSTEM = "https://clinic-intake.example/fhir/CodeSystem/test"


@cache
def shipped_questionnaire() -> Questionnaire:
    """The questionnaire that the project ships, read once."""
    return read_questionnaire(content_dir() / "questionnaires" / "low-back-intake.yaml")


def make_item(
    link_id: str = "question",
    type: str = "string",  # noqa: A002 (FHIR's name)
    *items: Item,
    options: Iterable[Option | Value] = (),
    when: Condition | tuple[str, str, Value] | list[tuple[str, str, Value]] | None = None,
    text: str | None = None,
    **more: Any,
) -> Item:
    """An item; options from codes, `when` from (question, operator, answer) or a list of them."""
    return Item(
        link_id=link_id,
        type=ItemType(type),
        text=Text(link_id if text is None else text),
        options=tuple(make_option(option) for option in options),
        enable_when=make_condition(when),
        items=items,
        **more,
    )


def make_option(value: Option | Value, **more: Any) -> Option:
    """An option; a text becomes a code with itself as its words."""
    if isinstance(value, Option):
        return value
    coding = Coding(value, SYSTEM, value) if isinstance(value, str) else value
    return Option(value=coding, text=Text(str(value)), **more)


def make_condition(
    when: Condition | tuple[str, str, Value] | list[tuple[str, str, Value]] | None,
) -> Condition | None:
    """A condition; of a list, all must hold."""
    if isinstance(when, list):
        return AllOf(tuple(make_comparison(*one) for one in when))
    return make_comparison(*when) if isinstance(when, tuple) else when


def make_comparison(question: str, operator: str, answer: Value) -> Comparison:
    """One question against one answer."""
    return Comparison(Kind.QUESTION, question, Operator(operator), answer)


def make_questionnaire(*items: Item, id: str = "test", version: str = "1") -> Questionnaire:  # noqa: A002
    """A questionnaire of these items."""
    url = f"https://clinic-intake.example/fhir/Questionnaire/{id}"
    return Questionnaire(
        id=id, url=url, version=version, title=Text("A test"), language="en", items=items
    )


def make_response(
    answers: Mapping[str, Any] | None = None,
    *,
    questionnaire: Questionnaire | None = None,
    language: str = "en",
) -> Response:
    """A response; each plain value becomes what its question holds."""
    form = questionnaire or shipped_questionnaire()
    made = {key: make_answer(form, key, plain) for key, plain in (answers or {}).items()}
    return Response(language=language).with_answers(made)


def make_answer(questionnaire: Questionnaire, key: str, plain: Any) -> Answer | None:
    """An answer from a plain value, or from a list of them; None takes it back."""
    if plain is None:
        return None
    item = _item_at(questionnaire, key)
    return tuple(
        _value(item, one) for one in (plain if isinstance(plain, list | tuple | set) else [plain])
    )


def _item_at(questionnaire: Questionnaire, key: str) -> Item:
    """The item of a key: the longest link id that the key ends with."""
    known = questionnaire.by_link_id
    parts = key.split(".")
    for start in range(len(parts)):
        link_id = ".".join(parts[start:])
        if link_id in known:
            return known[link_id]
    raise KeyError(f"no question of {questionnaire.id} has the key {key!r}")


def _value(item: Item, plain: Any) -> Value:
    option = item.option(plain) if isinstance(plain, str) else None
    if option is not None:
        return option.value
    match item.type, plain:
        case ItemType.CHOICE, str():
            raise KeyError(f"{item.link_id} has no option {plain!r}")
        case ((ItemType.DATE | ItemType.DATETIME), (date() | str())) if not isinstance(
            plain, datetime
        ):
            return PartialDate.parse(str(plain))
        case ItemType.TIME, str():
            return time.fromisoformat(plain)
        case ((ItemType.DECIMAL), (int() | float() | str())):
            return Decimal(str(plain))
        case ItemType.QUANTITY, (int() | float() | Decimal()):
            unit = item.unit or next(iter(item.unit_options), None)
            words = (unit.display, unit.code, unit.system) if unit else ()
            return Quantity(Decimal(str(plain)), *words)
        case _, date() if not isinstance(plain, datetime):
            return PartialDate.of(plain)
    value: Value = plain
    return value


def make_intake(
    answers: Mapping[str, Any] | None = None,
    *,
    questionnaire: Questionnaire | None = None,
    offered: Collection[str] | None = None,
    state: IntakeState = IntakeState.DRAFT,
    reference: str = "TEST-0001",
    id: UUID = INTAKE_ID,  # noqa: A002
    now: datetime = NOW,
    today: date = TODAY,
    **more: Any,
) -> Intake:
    """An intake with these answers recorded; every question that they show counts as offered.

    Another state than draft means that the answers were sent.
    """
    form = questionnaire or shipped_questionnaire()
    intake = Intake(id=id, reference=reference, questionnaire=form, created_at=now, **more)
    given = make_response(answers, questionnaire=form).answers
    intake = intake.recorded(given, offered=(), now=now, today=today)
    keys = offered if offered is not None else shown_keys(intake)
    intake = intake.recorded({}, offered=keys, now=now, today=today)
    if state is not IntakeState.DRAFT:
        intake = replace_state(intake.sent(now), state)
    return intake


def shown_keys(intake: Intake) -> list[str]:
    """The keys of every question that the answers show."""
    return [
        place.key
        for place in enabled_places(intake.questionnaire, intake.response.answers)
        if not unasked(place.item)
    ]


def replace_state(intake: Intake, state: IntakeState) -> Intake:
    """The intake in another state, as staff would have moved it."""
    return replace(intake, state=state)
