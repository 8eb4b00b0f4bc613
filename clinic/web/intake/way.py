"""Where a patient goes next."""

from flask import url_for

from clinic.actions.intakes import is_under_age
from clinic.intake import Intake
from clinic.questionnaire.model import Step


def place_of(step: Step, *, changing: bool = False) -> str:
    """Give the address of a step. `changing`: it was opened from the review page."""
    return url_for("intake.step", step_id=step.id, change=1 if changing else None)


def is_left_out(intake: Intake, step_id: str) -> bool:
    """True of a page that the form has, and of which this language asks nothing."""
    whole = intake.questionnaire.whole
    if whole is None or any(step.id == step_id for step in intake.steps):
        return False
    return any(step.id == step_id for step in whole.steps)


def place_after(intake: Intake, step: Step, *, changing: bool = False) -> str:
    """Give the address that follows a step, once its answers are kept.

    A step that shows more questions now, or has something to mend, comes once more. A
    change goes back to the review page, by way of whatever it has made needful.
    """
    if is_under_age(intake):
        return url_for("intake.start")
    if intake.not_offered(step) or intake.problems(step):
        return place_of(step, changing=changing)
    following = intake.first_open_step() if changing else intake.step_after(step)
    return place_of(following, changing=changing) if following else url_for("intake.review")


def place_before(intake: Intake, step: Step, *, changing: bool = False) -> str:
    """Give the address that the Back link of a step leads to."""
    if changing:
        return url_for("intake.review")
    before = intake.step_before(step)
    return place_of(before) if before else url_for("intake.start")


def place_to_go_on(intake: Intake) -> str:
    """Give the address at which an opened draft goes on."""
    following = intake.first_open_step()
    return place_of(following) if following else url_for("intake.review")
