"""The form in which a patient adds to answers that were sent, and which page may do so."""

import secrets
from uuid import UUID

from flask import session
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import Form, TextAreaField
from wtforms.validators import DataRequired, Length

from clinic.actions.amendments import LONGEST
from clinic.marked import marked
from clinic.web.intake.entry import errors_of
from clinic.web.intake.reading import printable, tidy

FROM_DONE = "done"
"""Posted by the page that is shown after sending; else it is the page of /status."""

ADDING_KEY = "adding"
"""Where the session keeps which intake the page of /status may add to, and the key of that page."""

TYPE_IT_FIRST = lazy_gettext(marked("Type what you want to add."))
SHORTEN_IT = lazy_gettext(marked("Shorten this to %(limit)s characters."), limit=f"{LONGEST:,}")


class AddForm(Form):
    """What the patient wants to add. `once` is the page's own key, so that it is added once."""

    text = TextAreaField(
        lazy_gettext(marked("What do you want to add?")),
        filters=[lambda text: printable(tidy(text or "")).strip()],
        validators=[DataRequired(TYPE_IT_FIRST), Length(max=LONGEST, message=SHORTEN_IT)],
    )

    def __init__(self, posted: MultiDict[str, str] | None = None, text: str = "") -> None:
        super().__init__(posted, data={"text": text})
        given = posted.get("once", "") if posted else ""
        self.once = given[:100] or secrets.token_urlsafe(16)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Each thing to mend, with the id of its place."""
        return list(errors_of(self))


def may_add(intake_id: UUID, form: AddForm) -> AddForm:
    """Let the page of /status that is shown now, and no other, add to an intake."""
    session[ADDING_KEY] = [str(intake_id), form.once]
    return form


def intake_to_add_to(form: AddForm) -> UUID | None:
    """Give the intake that the page of a form may add to; None when it is too old."""
    known, once = session.get(ADDING_KEY, ("", ""))
    matches = secrets.compare_digest(once.encode(), form.once.encode())
    return UUID(known) if known and matches else None
