"""Where staff go next while they type a paper form in: the order of the paper."""

from dataclasses import dataclass

from flask import url_for

from clinic.intake import Intake
from clinic.questionnaire.model import Step


@dataclass(frozen=True, slots=True)
class Way:
    """The addresses of one draft. `changing`: the page was opened from the review."""

    intake: Intake
    changing: bool = False

    def step(self, step: Step) -> str:
        """Give the address of a step."""
        return self.step_id(step.id)

    def step_id(self, step_id: str) -> str:
        """Give the address of a step by its id."""
        change = 1 if self.changing else None
        return url_for("staff.paper.step", intake_id=self.intake.id, step_id=step_id, change=change)

    def review(self) -> str:
        """Give the address of the page before sending."""
        return url_for("staff.paper.review", intake_id=self.intake.id)

    def urgent(self, step: Step) -> str:
        """Give the address of the page that tells staff to act now."""
        return url_for("staff.paper.urgent", intake_id=self.intake.id, after=step.id)

    def to_go_on(self) -> str:
        """Give the address at which typing goes on."""
        following = self.intake.first_open_step()
        return self.step(following) if following else self.review()

    def after(self, step: Step) -> str:
        """Give the address that follows a step; one with something to mend comes once more."""
        intake = self.intake
        if intake.not_offered(step) or intake.problems(step):
            return self.step(step)
        following = intake.first_open_step() if self.changing else intake.step_after(step)
        return self.step(following) if following else self.review()

    def before(self, step: Step) -> str:
        """Give the address that the Back link of a step leads to."""
        if self.changing:
            return self.review()
        before = self.intake.step_before(step)
        return self.step(before) if before else url_for("staff.paper.forms")
