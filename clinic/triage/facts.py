"""What the rules may ask of a response: its answers, the age, and why an answer is missing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from clinic.intake import BIRTH_DATE
from clinic.questionnaire.conditions import Kind, Known, Silence, Truth, evaluate
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response
from clinic.questionnaire.values import PartialDate, whole_years

AGE_YEARS = "age-years"


@dataclass(frozen=True)
class TriageFacts:
    """Three-valued facts of one response.

    A question without an answer is absent when its "shown when" is known to be false,
    not asked when it was on no page left so far, and else blank; one that is for staff
    alone is absent until they answer it. `offered` holds the
    keys of the pages that were left, or None when everything was asked (sent answers).
    `today` is the day that ages and "the last 2 weeks" are counted from. `more` are facts
    that come from elsewhere, such as scores and flags; what it does not name is unknown.
    """

    questionnaire: Questionnaire
    response: Response
    today: date
    offered: Collection[str] | None = None
    more: Mapping[tuple[Kind, str], Known] = field(default_factory=dict)

    def known(self, kind: Kind, name: str) -> Known:
        """Give the values of a question or fact, or why there are none."""
        if kind is Kind.QUESTION:
            return self._question(name)
        if name == AGE_YEARS:
            age = self._age()
            return Silence.BLANK if age is None else (age,)
        return self.more.get((kind, name), Silence.BLANK)

    def _question(self, link_id: str) -> Known:
        answer = self.response.answers.get(link_id)
        if answer:
            return answer
        item = self.questionnaire.by_link_id.get(link_id)
        if link_id == AGE_YEARS:
            return self.known(Kind.FACT, AGE_YEARS)
        if item is None or item.hidden:
            return Silence.ABSENT
        if self._may_be_shown(link_id) is Truth.FALSE:
            return Silence.ABSENT
        if self.offered is not None and link_id not in self.offered:
            return Silence.NOT_ASKED
        return Silence.BLANK

    def _may_be_shown(self, link_id: str) -> Truth:
        item = self.questionnaire.by_link_id[link_id]
        truths = [
            evaluate(place.enable_when, self)
            for place in (item, *self.questionnaire.ancestors(link_id))
            if place.enable_when is not None
        ]
        if Truth.FALSE in truths:
            return Truth.FALSE
        return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.TRUE

    def _age(self) -> int | None:
        match self.response.answers.get(BIRTH_DATE):
            case (PartialDate() as born,) if born.is_full and born.first_day <= self.today:
                return whole_years(born.first_day, self.today)
            case _:
                return None
