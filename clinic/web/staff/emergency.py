"""The small loop of an emergency on a patient's page: where it stands and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from clinic.actions.emergencies import has_loop
from clinic.actions.review import Opened
from clinic.referral.emergency import (
    BY_A_CALL,
    CLINICIAN_ONLY,
    NEXT,
    EmergencyStep,
    Reach,
    is_clinicians_end,
    reach_next,
    refusal_words,
    this_loop,
)
from clinic.web.staff.forms import LONGEST_NOTE, ActForm, plain_text
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import STEP_WORDS, moment

CHOOSE_STEP = "Choose what happened."
SAY_OUTCOME = "Say what came of it."
FILL_IN = "Fill this in."
YES = "yes"
TOO_LONG = f"Shorten this to {LONGEST_NOTE:,} characters."

REACH_WORDS: Mapping[Reach, str] = {
    Reach.TRY_AGAIN: "Try again. Three tries in 15 minutes.",
    Reach.EMERGENCY_CONTACT: "Three tries were made. Now call the emergency contact.",
    Reach.WELFARE_CHECK: "Ask for a welfare check now.",
    Reach.STILL_OPEN: "Keep trying until somebody was reached, or a welfare check came back.",
}
NEXT_WORDS: Mapping[EmergencyStep | None, str] = {
    None: "Say whether the patient was told to get emergency care.",
    EmergencyStep.SPOKEN: "Say whether the patient goes to emergency care.",
    EmergencyStep.ADVISED: "Find out whether they arrived.",
    EmergencyStep.REFUSED: "Keep in touch. Find out what came of it.",
    EmergencyStep.ARRIVED: "Find out what came of it.",
    EmergencyStep.OUTCOME_KNOWN: "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Where an emergency stands: the last step, what comes next, by when, and what may follow."""

    last: str
    next: str
    due: str
    late: bool
    choices: tuple[EmergencyStep, ...]
    may_refuse: bool
    refusal_is_clinicians: bool
    contact: bool


def loop_view(opened: Opened, who: Reader) -> Loop | None:
    """Give the loop of an intake, or None when there is none to follow."""
    if not has_loop(opened.facts, list(opened.steps)):
        return None
    loop = this_loop(opened.steps, lambda each: each.step, again=False)
    last = loop[-1] if loop else None
    follows = NEXT[last.step if last else None]
    if opened.facts.emergency_open:
        follows = frozenset({EmergencyStep.NOT_REACHED})
    reach = reach_next([each.step for each in loop])
    due_at = last.due_at if last else None
    refusal = EmergencyStep.REFUSED in follows
    return Loop(
        last=f"{STEP_WORDS[last.step]}, {moment(last.at, who.zone, who.now)}" if last else "",
        next=REACH_WORDS[reach] if reach else NEXT_WORDS[last.step if last else None],
        due=moment(due_at, who.zone, who.now) if due_at else "",
        late=due_at is not None and due_at <= who.now,
        choices=tuple(
            step
            for step in EmergencyStep
            if step in follows - CLINICIAN_ONLY - BY_A_CALL
            and not (who.is_desk and is_clinicians_end(last.step if last else None, step))
        ),
        may_refuse=refusal and not who.is_desk,
        refusal_is_clinicians=refusal and who.is_desk,
        contact=reach is Reach.EMERGENCY_CONTACT,
    )


class StepForm(ActForm):
    """What happened next in an emergency."""

    typed_in = "step_words"
    step = RadioField(
        "What happened",
        choices=[SelectChoice(step.value, words) for step, words in STEP_WORDS.items()],
        validators=[DataRequired(CHOOSE_STEP)],
        validate_choice=False,
    )
    step_words = TextAreaField(
        "In a few words",
        validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)],
        filters=[plain_text],
    )

    def offering(self, loop: Loop | None) -> "StepForm":
        """Give the form with what may follow."""
        steps = loop.choices if loop else ()
        self.step.choices = [SelectChoice(step.value, STEP_WORDS[step]) for step in steps]
        return self

    def validate_step(self, field: RadioField) -> None:
        """Take none but ours; a refusal has a form of its own."""
        if field.data not in list(EmergencyStep) or field.data in CLINICIAN_ONLY | BY_A_CALL:
            raise ValidationError(CHOOSE_STEP)

    def validate_step_words(self, field: TextAreaField) -> None:
        """Ask for what came of it, once it is known."""
        if self.step.data == EmergencyStep.OUTCOME_KNOWN and not field.data:
            raise ValidationError(SAY_OUTCOME)


class RefusalForm(ActForm):
    """What a clinician learned from somebody who will not go: all four are needed."""

    typed_in = "refusal_reason"
    can_decide = RadioField(
        "Can the patient decide this for themselves?",
        choices=[SelectChoice(YES, "Yes"), SelectChoice("no", "No, or not sure")],
        validators=[DataRequired("Choose yes or no.")],
    )
    refusal_reason = TextAreaField(
        "Why they will not go",
        validators=[DataRequired(FILL_IN), Length(max=LONGEST_NOTE, message=TOO_LONG)],
        filters=[plain_text],
    )
    plan = TextAreaField(
        "What was agreed instead",
        validators=[DataRequired(FILL_IN), Length(max=LONGEST_NOTE, message=TOO_LONG)],
        filters=[plain_text],
    )
    beside = TextAreaField(
        "Who is with them",
        validators=[DataRequired(FILL_IN), Length(max=LONGEST_NOTE, message=TOO_LONG)],
        filters=[plain_text],
    )

    @property
    def typed(self) -> str:
        """Everything that was written, to be kept whatever becomes of the act."""
        texts = (self[name].data for name in ("refusal_reason", "plan", "beside"))
        return "\n".join(text for text in texts if text)

    @property
    def words(self) -> str:
        """The four answers as they are kept."""
        return refusal_words(
            can_decide=self.can_decide.data == YES,
            reason=self.refusal_reason.data,
            plan=self.plan.data,
            beside=self.beside.data,
        )
