"""What an admin types about a member of staff."""

from wtforms import Field, Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from clinic.store.staff import NAME_LENGTH, USERNAME_LENGTH, Role
from clinic.web.staff.forms import plain_text
from clinic.web.staff.words import ROLE_WORDS

CHOOSE_ROLE = "Choose a role."
ROLES = {
    Role.FRONT_DESK: "calls and books; no answers, scores or notes",
    Role.CLINICIAN: "reads everything of a patient, signs and sends",
    Role.ADMIN: "accounts and the audit; no patients",
}
ROLE_CHOICES = [SelectChoice(role.value, f"{ROLE_WORDS[role]}: {ROLES[role]}") for role in Role]


def _too_long(most: int) -> Length:
    return Length(max=most, message=f"Shorten this to {most} characters.")


class RoleForm(Form):
    """What somebody may see and do."""

    role = RadioField(
        "Role",
        choices=ROLE_CHOICES,
        validators=[DataRequired(CHOOSE_ROLE)],
        validate_choice=False,
    )

    def validate_role(self, field: Field) -> None:
        """Take none but ours."""
        if field.data not in list(Role):
            raise ValidationError(CHOOSE_ROLE)


class PersonForm(RoleForm):
    """Somebody new."""

    username = StringField(
        "User name",
        validators=[DataRequired("Type a user name."), _too_long(USERNAME_LENGTH)],
        filters=[plain_text],
    )
    name = StringField(
        "Name that others see",
        validators=[DataRequired("Type the name."), _too_long(NAME_LENGTH)],
        filters=[plain_text],
    )
