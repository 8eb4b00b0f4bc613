"""Beginning a form: who may, and one however often the button is pressed.

The page that asks for consent carries a key, made for it when it is shown. The first press makes
the draft that has the key; another press of the same page opens that draft again.
"""

import re
import secrets

from flask import g, request

from clinic.actions import intakes as actions
from clinic.actions.invited import Invited
from clinic.actions.tablets import note_form
from clinic.errors import NotAllowed
from clinic.intake import Consent
from clinic.marked import marked
from clinic.web import sessions
from clinic.web.intake.answering import hold
from clinic.web.intake.entry import ConsentForm
from clinic.web.intake.invited import permit_of_device
from clinic.web.visit import (
    articles,
    database,
    now,
    questionnaires,
    remote_address,
    settings,
    today,
)

QUESTIONNAIRE = "low-back-intake"
START = "intake.start"
USE_THE_LINK = marked("To start, use the link that the clinic sent you, or call us.")
KEY_BYTES = 24
KEY = re.compile(r"[A-Za-z0-9_-]{32}")


def key_of_page() -> str:
    """Give the key that the page at hand was posted with, or a new one."""
    given = request.form.get("key", "")
    return given if KEY.fullmatch(given) else secrets.token_urlsafe(KEY_BYTES)


def may_start() -> bool:
    """On a tablet staff have said so by handing it over."""
    return settings().open_intake or sessions.on_tablet() or permit_of_device() is not None


def begin(name: str) -> None:
    """Begin a draft, and let this device hold it. Raises NotAllowed, TooManyAttempts, Refused."""
    permit = permit_of_device()
    if not may_start():
        raise NotAllowed(USE_THE_LINK)
    text = articles().page("consent", g.language)
    _hold(
        actions.start_intake(
            database(),
            questionnaires().current(QUESTIONNAIRE),
            Consent(name, str(text.version), text.digest, now()),
            now=now(),
            address=remote_address(),
            resume_days=settings().resume_days,
            language=g.language,
            invited=Invited(permit, questionnaires(), today()) if permit else None,
            press=_press(),
        )
    )


def begun_already() -> bool:
    """Hold the draft that the first press of this page began; False when there is none.

    That press ended the session of the page, and with it the token that this one carries. The key
    of the page is a secret too, and stands for it; another site is refused before.
    """
    form = ConsentForm(request.form)
    if request.endpoint != START or not form.validate():
        return False
    begun = actions.begun_again(
        database(), _press(), form.name.data, now=now(), resume_days=settings().resume_days
    )
    if begun is not None:
        _hold(begun)
    return begun is not None


def _press() -> actions.Press:
    return actions.Press(key_of_page(), questionnaires())


def _hold(begun: actions.Begun) -> None:
    hold(begun.intake.id, begun.code)
    if sessions.on_tablet():
        note_form(database(), begun.intake.id, now=now())
