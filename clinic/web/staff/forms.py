"""What staff type: a sign-in, how a call ended, a note, another level."""

from collections.abc import Iterator, Sequence

from werkzeug.datastructures import MultiDict
from wtforms import (
    Field,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length, ValidationError

from clinic.errors import BadInput
from clinic.store.outcomes import OutcomeKind
from clinic.triage.rules import Urgency
from clinic.web.staff.words import LEVEL_WORDS, OUTCOME_WORDS

LONGEST_NOTE = 5000
LONGEST_NAME = 80
LONGEST_PASSWORD = 500
LONGEST_CODE = 40
VERSION = "version"

CHOOSE_OUTCOME = "Choose what was done."
CHOOSE_LEVEL = "Choose a level."


def plain_text(text: str | None) -> str:
    """Give typed text with one kind of line end, and without characters that print nothing."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each in "\n\t" or each.isprintable()).strip()


def _too_long(most: int) -> Length:
    return Length(max=most, message=f"Shorten this to {most:,} characters.")


class SignInForm(Form):
    """Who wants to come in."""

    username = StringField(
        "User name",
        validators=[_too_long(LONGEST_NAME)],
        filters=[plain_text],
    )
    password = PasswordField(
        "Password",
        validators=[DataRequired("Type your password."), _too_long(LONGEST_PASSWORD)],
    )

    def validate_username(self, field: StringField) -> None:
        """Ask for a name where nothing was typed; beside a password a blank one is a wrong one.

        So a guess without a name gets the same answer in the same time as any other.
        """
        if not field.data and not self.password.data:
            raise ValidationError("Type your user name.")


class CodeForm(Form):
    """A code of an app, or a recovery code."""

    code = StringField(
        "Code",
        validators=[DataRequired("Type the code."), _too_long(LONGEST_CODE)],
        filters=[plain_text],
    )


AGAIN = "again-"
"""So begin the fields that prove who sends something, beside those of the act itself."""


class AgainForm(Form):
    """The password once more, and a code where there is a second step."""

    password = PasswordField(
        "Your password",
        validators=[DataRequired("Type your password."), _too_long(LONGEST_PASSWORD)],
    )
    code = StringField(
        "Code",
        validators=[DataRequired("Type the code."), _too_long(LONGEST_CODE)],
        filters=[plain_text],
    )
    wait_seconds = 0
    """How long to wait after too many wrong tries."""

    def __init__(self, posted: MultiDict[str, str] | None = None) -> None:
        super().__init__(posted, prefix=AGAIN)

    def asked_of(self, *, with_code: bool) -> "AgainForm":
        """Give the form without the code for somebody who has none."""
        if not with_code:
            del self.code
        return self


class PasswordForm(Form):
    """Another password, with the one that stands."""

    current = PasswordField(
        "Password now",
        validators=[DataRequired("Type the password you have now."), _too_long(LONGEST_PASSWORD)],
    )
    new = PasswordField(
        "New password",
        validators=[
            DataRequired("Type a new password."),
            _too_long(LONGEST_PASSWORD),
        ],
    )
    again = PasswordField(
        "New password again", validators=[EqualTo("new", "Type the new password twice the same.")]
    )


class ActForm(Form):
    """A press on a button, with nothing to type."""

    typed_in = ""
    """The name of the field that holds what was written."""

    @property
    def typed(self) -> str:
        """What was written, to be kept whatever becomes of the act."""
        return str(self[self.typed_in].data or "") if self.typed_in else ""


class OutcomeForm(ActForm):
    """How a call ended, with a word about it."""

    typed_in = "words"
    outcome = RadioField(
        "What was done",
        choices=[SelectChoice(kind.value, words) for kind, words in OUTCOME_WORDS.items()],
        validators=[DataRequired(CHOOSE_OUTCOME)],
        validate_choice=False,
    )
    words = TextAreaField(
        "In a few words", validators=[_too_long(LONGEST_NOTE)], filters=[plain_text]
    )

    def offering(self, kinds: Sequence[OutcomeKind]) -> "OutcomeForm":
        """Give the form with only these ends of a call to choose from."""
        self.outcome.choices = [SelectChoice(kind.value, OUTCOME_WORDS[kind]) for kind in kinds]
        return self

    def validate_outcome(self, field: Field) -> None:
        """Take none but ours."""
        if field.data not in list(OutcomeKind):
            raise ValidationError(CHOOSE_OUTCOME)


class SettledForm(OutcomeForm):
    """What came of the findings of 2 weeks: it cannot be left out."""

    words = TextAreaField(
        "What came of it",
        validators=[DataRequired("Type what came of it."), _too_long(LONGEST_NOTE)],
        filters=[plain_text],
    )


class NoteForm(ActForm):
    """A note, which is added and never changed."""

    typed_in = "text"
    text = TextAreaField(
        "Add a note",
        validators=[DataRequired("Type the note first."), _too_long(LONGEST_NOTE)],
        filters=[plain_text],
    )


class LevelForm(ActForm):
    """Another level than the one that stands, with the reason."""

    typed_in = "reason"
    urgency = SelectField(
        "New level",
        choices=[SelectChoice(level.value, words) for level, words in LEVEL_WORDS.items()],
        validators=[DataRequired(CHOOSE_LEVEL)],
        validate_choice=False,
    )
    reason = TextAreaField(
        "Reason",
        validators=[DataRequired("Type the reason."), _too_long(LONGEST_NOTE)],
        filters=[plain_text],
    )

    def without(self, stands: Urgency | None) -> "LevelForm":
        """Give the form without the level that stands already."""
        self.urgency.choices = [
            SelectChoice(level.value, words)
            for level, words in LEVEL_WORDS.items()
            if level is not stands
        ]
        return self

    def validate_urgency(self, field: Field) -> None:
        """Take none but ours."""
        if field.data not in list(Urgency):
            raise ValidationError(CHOOSE_LEVEL)


def seen_version(posted: MultiDict[str, str], page: str = "the patient's page") -> int:
    """Give the version that the page showed. Raises BadInput, which names the page."""
    text = posted.get(VERSION, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadInput(f"Open {page} again, then try once more.")
    return int(text)


def errors_of(form: Form) -> Iterator[tuple[str, str]]:
    """Give the first thing to mend in each field, in page order."""
    for field in form:
        if field.errors:
            yield field.id, str(field.errors[0])
