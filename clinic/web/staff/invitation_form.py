"""Whom to invite, as a form; and what a page says of an invitation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from wtforms import Form, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from clinic.actions.invitations import Listed, Wanted
from clinic.errors import BadInput
from clinic.questionnaire.speaking import language_name
from clinic.referral.typed_day import day_of
from clinic.store.invitations import Channel, Invitation, Shown, State
from clinic.store.patients import Person
from clinic.web.staff.forms import plain_text
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import moment

CHANNELS: Mapping[Channel, str] = {
    Channel.MAIL: "By mail, with reminders before the visit",
    Channel.SLIP: "On a printed slip",
}
SHOWN_WORDS: Mapping[Shown, str] = {
    Shown.OPEN: "Waiting",
    Shown.BEGUN: "Begun",
    Shown.SENT: "Answers sent",
    Shown.OVER: "Expired or taken back",
    Shown.ALL: "All",
}
STATE_WORDS: Mapping[State, str] = {
    State.MADE: "Made",
    State.MAILED: "Mailed",
    State.OPENED: "Start was pressed, form not begun",
    State.SPENT: "Form begun, not sent",
    State.SENT: "Answers sent",
    State.EXPIRED: "Expired",
    State.REVOKED: "Taken back",
}
LONGEST_PHONE = 100
MAIL_WAITS = "The mail is about to go out"
MAIL_FAILED = "The mail did not go out yet, and is tried again. Check the address"
MAIL_GIVEN_UP = "The mail did not go out. Check the address, call, or print the slip"


class InvitationForm(Form):
    """Whom to invite, for which visit, and how the link gets there."""

    id = HiddenField()
    patient = HiddenField()
    name = StringField("Name", filters=[plain_text])
    birth_date = StringField("Date of birth", filters=[plain_text])
    phone = StringField(
        "Phone",
        validators=[Length(max=LONGEST_PHONE, message="Write one phone number.")],
        filters=[plain_text],
    )
    appointment_on = StringField("Day of the visit", filters=[plain_text])
    channel = RadioField("How does the link get there?", validate_choice=False)
    email = StringField("Mail address", filters=[plain_text])
    language = SelectField("Language", validate_choice=False)

    def __init__(
        self, posted: Any = None, *, languages: Iterable[str], by_mail: bool, **more: Any
    ) -> None:
        super().__init__(posted, **more)
        self.channel.choices = [
            SelectChoice(channel.value, words)
            for channel, words in CHANNELS.items()
            if by_mail or channel is not Channel.MAIL
        ]
        self.language.choices = [SelectChoice(each, language_name(each)) for each in languages]
        if posted is None:
            self.id.data = str(uuid4())
            self.channel.data = "" if by_mail else Channel.SLIP.value

    def validate_birth_date(self, field: StringField) -> None:
        """Read the day."""
        _day(field)

    def validate_appointment_on(self, field: StringField) -> None:
        """Read the day."""
        _day(field)

    def validate_channel(self, field: RadioField) -> None:
        """Take none but ours."""
        if field.data not in list(Channel):
            raise ValidationError("Choose mail or the slip.")

    @property
    def patient_id(self) -> UUID | None:
        """The patient on record whom the invitation is for. Raises BadInput."""
        return _id(self.patient.data) if self.patient.data else None

    def wanted(self, default_language: str) -> Wanted:
        """Give what was typed. Raises BadInput for hidden fields that were changed."""
        known = {choice.value for choice in self.language.choices}
        return Wanted(
            id=_id(self.id.data),
            person=Person(
                name=" ".join((self.name.data or "").split()),
                birth_date=_typed_day(self.birth_date),
                phone=self.phone.data or "",
                email=self.email.data or "",
            ),
            channel=Channel(self.channel.data),
            appointment_on=_typed_day(self.appointment_on),
            patient_id=self.patient_id,
            language=self.language.data if self.language.data in known else default_language,
        )

    def refuse(self, problems: Iterable[tuple[str, str]]) -> None:
        """Put each problem at its field."""
        for name, words in problems:
            self[name].errors = [*self[name].errors, words]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    """One invitation, as a page shows it."""

    id: UUID
    name: str
    birth_date: date | None
    phone: str
    email: str
    appointment_on: date | None
    state: State
    state_words: str
    mail_words: str
    mail_failed: bool
    channel_words: str
    made_words: str
    until: date
    reminders: int
    patient_id: UUID | None
    intake_id: UUID | None
    is_open: bool
    may_renew: bool


def row_of(invitation: Invitation, listed: Listed, who: Reader) -> InvitationRow:
    """Give an invitation as a page shows it."""
    state, person = invitation.state(who.now), invitation.person
    maker = listed.people.get(invitation.made_by)
    made_at = moment(invitation.made_at, who.zone, who.now)
    return InvitationRow(
        id=invitation.id,
        name=person.name,
        birth_date=person.birth_date,
        phone=person.phone,
        email=person.email,
        appointment_on=invitation.appointment_on,
        state=state,
        state_words=STATE_WORDS[state],
        mail_words=_mail_words(invitation, listed, who),
        mail_failed=invitation.id in listed.faults,
        channel_words="Mail" if invitation.channel is Channel.MAIL else "Slip",
        made_words=f"{made_at}, {maker.name}" if maker else made_at,
        until=invitation.last_moment.astimezone(who.zone).date(),
        reminders=invitation.reminders,
        patient_id=invitation.patient_id,
        intake_id=invitation.intake_id if state is State.SENT else None,
        is_open=invitation.is_open(who.now),
        may_renew=state is not State.SENT,
    )


def _mail_words(invitation: Invitation, listed: Listed, who: Reader) -> str:
    waits = invitation.channel is Channel.MAIL and invitation.mailed_at is None
    if not waits or not invitation.is_open(who.now):
        return ""
    gave_up = listed.faults.get(invitation.id)
    if gave_up is None:
        return MAIL_WAITS
    return MAIL_GIVEN_UP if gave_up else MAIL_FAILED


def _day(field: StringField) -> None:
    try:
        if field.data:
            day_of(field.data)
    except BadInput as fault:
        raise ValidationError(str(fault)) from None


def _typed_day(field: StringField) -> date | None:
    return day_of(field.data) if field.data else None


def _id(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise BadInput("Open the page again, then try once more.") from None
