"""What one request may ask for: the house it stands in, the time, and the intake at hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request, session

from clinic.config import Settings
from clinic.errors import NotFound
from clinic.intake import Intake
from clinic.library.articles import Articles
from clinic.library.drawings import Drawings
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.questionnaires import Questionnaires
from clinic.library.sources import Sources
from clinic.library.spoken import Spoken
from clinic.pdf.handout import Handout
from clinic.pdf.pool import RenderPool
from clinic.referral.destinations import DestinationTable
from clinic.store import intakes
from clinic.store.database import Database
from clinic.store.invitations import Permit
from clinic.summary.lines import SummaryPlan
from clinic.summary.model import ClinicDetails
from clinic.triage.guidance import RuleBook
from clinic.triage.rules import RuleSet

EXTENSION = "clinic"
INTAKE_KEY = "intake"
"""Where the session keeps the id of the intake that this device is filling in."""
PERMIT_KEY = "invited"
"""Where it keeps which invitation was started here, until the form is begun."""
CODE_KEY = "code"
"""Where it keeps the resume code, to be shown again while the session lasts."""


class NoIntake(NotFound):
    """This device holds no intake: none was begun, it was left, or too much time has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that pages stand on, made once at the start."""

    settings: Settings
    database: Database
    questionnaires: Questionnaires
    book: RuleBook
    destinations: DestinationTable
    summary_plan: SummaryPlan
    spoken: Mapping[str, Spoken]
    articles: Articles
    drawings: Drawings
    sources: Sources
    handouts: Mapping[str, Handout]
    pool: RenderPool
    clock: Callable[[], datetime]


def house() -> House:
    """Give the house of the current app."""
    return house_of(current_app)


def house_of(app: Flask) -> House:
    """Give the house that an app stands on."""
    return cast("House", app.extensions[EXTENSION])


def settings() -> Settings:
    """Give the settings that the program was started with."""
    return house().settings


def database() -> Database:
    """Give the database."""
    return house().database


def questionnaires() -> Questionnaires:
    """Give every questionnaire, in each version."""
    return house().questionnaires


def spoken() -> Spoken:
    """Give the tables with their words for patients in the language of the page."""
    found = house().spoken
    return found.get(g.language, found[FIRST_LANGUAGE])


def rules() -> RuleSet:
    """Give the red-flag rules."""
    return house().book.red_flags


def destinations() -> DestinationTable:
    """Give where a patient may be sent."""
    return house().destinations


def articles() -> Articles:
    """Give everything there is to read."""
    return house().articles


def drawings() -> Drawings:
    """Give every drawing with its words."""
    return house().drawings


def sources() -> Sources:
    """Give every citation."""
    return house().sources


def clinic_details() -> ClinicDetails:
    """Give how the clinic is named and called, for pages and papers."""
    return details_of(settings())


def details_of(settings: Settings) -> ClinicDetails:
    """Give the part of the settings that a patient may read."""
    return ClinicDetails(
        name=settings.clinic_name,
        phone=settings.clinic_phone,
        emergency_number=settings.emergency_number,
        crisis_line=settings.crisis_line,
        call_by=settings.call_by,
        resume_days=settings.resume_days,
        hours=settings.hours,
        after_hours_phone=settings.after_hours_phone,
        safe_home_line=settings.safe_home_line,
        paid_for_regenerative=settings.paid_for_regenerative,
    )


def zone() -> ZoneInfo:
    """Give the clinic's time zone."""
    return settings().zone


def now() -> datetime:
    """Give the moment of this request: one moment for all of it, in UTC."""
    if "now" not in g:
        g.now = house().clock().astimezone(UTC)
    return cast("datetime", g.now)


def today() -> date:
    """Give the day at the clinic."""
    return settings().today(now())


def remote_address() -> str:
    """Give where the request comes from, for the guess limits and nothing else."""
    return request.remote_addr or "unknown"


def keep_permit(permit: Permit) -> None:
    """Let this device begin the form of an invitation."""
    session[PERMIT_KEY] = [str(permit.invitation_id), permit.spent_at.isoformat()]


def has_intake() -> bool:
    """True when this device is filling in an intake, or has just sent one."""
    return INTAKE_KEY in session


def current_intake() -> Intake:
    """Give the intake of this device. Raises NoIntake."""
    if not has_intake():
        raise NoIntake("No form is open on this device.")
    if "intake" not in g:
        with database().reading() as reading:
            found = intakes.load(reading, UUID(session[INTAKE_KEY]), questionnaires())
        g.intake = found.in_language(g.language)
    return cast("Intake", g.intake)
