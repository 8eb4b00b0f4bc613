"""Who gave the answers, in words: one line for all, and a mark on those that differ."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from clinic.intake import GivenBy, Intake
from clinic.marked import marked, said
from clinic.summary.words import long_date

WHO: Mapping[GivenBy, str] = {
    GivenBy.PATIENT: marked("the patient"),
    GivenBy.HELPER: marked("a helper"),
    GivenBy.INTERPRETER: marked("an interpreter"),
    GivenBy.STAFF: marked("staff from paper"),
}
ALL = marked("Answered by {who}.")
MOST = marked("Answered by {who}, where nothing else is said.")
ON_PAPER = marked("Answered on paper on {day}, typed in by staff.")
MARK = marked("by {who}")
CHANGED = marked("first by {before}, then by {who}")


@dataclass(frozen=True)
class Givers:
    """Who gave the answers of one intake, in a language."""

    intake: Intake
    language: str

    @property
    def usual(self) -> tuple[GivenBy, ...]:
        """Who gave most of the answers that are shown; nobody where no journal says."""
        shown = self.intake.shown.answers
        counted = Counter(by for key, by in self.intake.givers.items() if key in shown)
        return counted.most_common(1)[0][0] if counted else ()

    def line(self) -> str:
        """Give the one line for all."""
        if self.intake.answered_on is not None:
            day = long_date(self.intake.answered_on, self.language)
            return said(ON_PAPER, self.language).format(day=day)
        if not self.usual:
            return ""
        shown = self.intake.shown.answers
        found = {by for key, by in self.intake.givers.items() if key in shown}
        pattern = ALL if len(found) == 1 else MOST
        return said(pattern, self.language).format(who=self._name(self.usual[-1]))

    def mark(self, key: str) -> str:
        """Give what stands beside an answer that somebody else gave; else nothing."""
        by = self.intake.givers.get(key, ())
        if not by or by == self.usual:
            return ""
        if len(by) == 1:
            return said(MARK, self.language).format(who=self._name(by[0]))
        return said(CHANGED, self.language).format(
            before=self._name(by[-2]), who=self._name(by[-1])
        )

    def _name(self, by: GivenBy) -> str:
        return said(WHO[by], self.language)
