"""Every page of the program as it stands in the demo, gathered once and shown to judges.

`PAGES` names every address that can be opened, and whose pages it leads to, or why there is no
page to look at. `gathered` walks there; a page that a walk did not come to is a fault.
"""

import mimetypes
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import pyotp
from flask import Flask
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route

from clinic.actions.tablets import hand
from clinic.library.places import PACKAGE, content_dir
from clinic.library.shelf import Shelf
from clinic.store.database import Database
from clinic.store.intakes import listing
from clinic.store.sessions import open_session
from clinic.store.staff import Member, Role
from clinic.web import sessions, tablet
from tests.make import shipped_questionnaire
from tests.web.browser import Browser, Page
from tests.web.invited import invite
from tests.web.loop import Loop
from tests.web.own_folder import FILES
from tests.web.patient import Patient
from tests.web.staff import PASSWORD, Patients, Worker, hire
from tests.web.test_from_paper import begins, types

HOME = "http://clinic.test"
LANGUAGES = ("", "/es")
NO_HOLD = "0195a3c0-0000-7000-8000-00000000dead"
NO_PAGE = "no page: "
PDF, FILE, JSON = NO_PAGE + "a PDF", NO_PAGE + "a file", NO_PAGE + "JSON for a script"
ON = NO_PAGE + "leads on to another page"

PAGES = {
    "/": "reader",
    "/stretches/": "reader",
    "/stretches/<stretch_id>": "reader",
    "/stretches/<stretch_id>/sheet": "reader",
    "/options/": "reader",
    "/options/<option_id>": "reader",
    "/how-we-decide": "reader",
    "/privacy": "reader",
    "/accessibility": "reader",
    "/clinic/": "reader of a clinic with its own folder",
    "/clinic/<page_id>": "reader of a clinic with its own folder",
    "/healthz": JSON,
    "/readyz": JSON,
    "/static/<path:filename>": FILE,
    "/intake/": "patient",
    "/intake/<step_id>": "patient",
    "/intake/review": "patient",
    "/intake/done": "patient",
    "/intake/summary.pdf": PDF,
    "/intake/resume": "patient",
    "/intake/urgent": "patient",
    "/intake/leave": "patient",
    "/i/<token>": "patient",
    "/status": "patient",
    "/status/add": ON,
    "/tablet/": "patient",
    "/tablet/here": NO_PAGE + "says to a script that somebody is there",
    "/tablet/go-on": "patient",
    "/r/": "receiver",
    "/r/<token>": "receiver",
    "/r/<token>/<act_name>": ON,
    "/staff/sign-in": "staff",
    "/staff/sign-in/code": "staff",
    "/staff/second-step": "staff",
    "/staff/second-step/app": "staff",
    "/staff/second-step/codes": "staff",
    "/staff/here": JSON,
    "/staff/holds/": "staff",
    "/staff/holds/<uuid:hold_id>/lift": "staff",
    "/staff/paper/": "staff",
    "/staff/paper/<questionnaire_id>.pdf": PDF,
    "/staff/paper/typing/<uuid:intake_id>/": ON,
    "/staff/paper/typing/<uuid:intake_id>/<step_id>": "staff",
    "/staff/paper/typing/<uuid:intake_id>/review": "staff",
    "/staff/paper/typing/<uuid:intake_id>/urgent": "staff",
    "/staff/password": "staff",
    "/staff/": "staff",
    "/staff/search": "staff",
    "/staff/news": JSON,
    "/staff/invitations/": "staff",
    "/staff/invitations/new": "staff",
    "/staff/invitations/<uuid:invitation_id>": "staff",
    "/staff/invitations/<uuid:invitation_id>/slip.pdf": PDF,
    "/staff/tablet/": "staff",
    "/staff/patients/<uuid:patient_id>": "staff",
    "/staff/sessions": "staff",
    "/staff/people/": "staff",
    "/staff/people/new": "staff",
    "/staff/people/<uuid:staff_id>": "staff",
    "/staff/audit/": "staff",
    "/staff/audit/audit.csv": FILE,
    "/staff/referrals/": "staff",
    "/staff/referrals/figures": "staff",
    "/staff/referrals/figures.csv": FILE,
    "/staff/intakes/<uuid:intake_id>/referrals/new": "staff",
    "/staff/referrals/<uuid:referral_id>": "staff",
    "/staff/referrals/<uuid:referral_id>/request": "staff",
    "/staff/referrals/<uuid:referral_id>/letter.pdf": PDF,
    "/staff/referrals/<uuid:referral_id>/fax-cover.pdf": PDF,
    "/staff/referrals/<uuid:referral_id>/<path:act_name>": ON,
    "/staff/referrals/<uuid:referral_id>/attachments/<uuid:attachment_id>": FILE,
    "/staff/rules": "staff",
    "/staff/content": "staff",
    "/staff/providers/": "staff",
    "/staff/providers/providers.csv": FILE,
    "/staff/providers/new": "staff",
    "/staff/providers/<uuid:provider_id>": "staff",
    "/staff/providers/<uuid:provider_id>/change": "staff",
    "/staff/providers/<uuid:provider_id>/remove": ON,
    "/staff/providers/<uuid:provider_id>/bring-back": ON,
    "/staff/providers/import": "staff",
    "/staff/providers/import/do": ON,
    "/staff/intakes/<uuid:intake_id>": "staff",
    "/staff/intakes/<uuid:intake_id>/summary.pdf": PDF,
    "/staff/intakes/<uuid:intake_id>/patient.pdf": PDF,
    "/staff/intakes/<uuid:intake_id>/room-sheet.pdf": PDF,
    "/staff/intakes/<uuid:intake_id>/open-now": "staff",
    "/staff/intakes/<uuid:intake_id>/<path:act_name>": ON,
}
MANY = {"/staff/intakes/<uuid:intake_id>": 9, "/staff/referrals/<uuid:referral_id>": 9}
"""Of most addresses two pages a role are enough; these look different with each patient."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One page as it was answered."""

    who: str
    path: str
    status: int
    heading: str
    html: bytes

    @property
    def is_staff(self) -> bool:
        return 'class="page page--staff"' in self.html.decode()

    def __str__(self) -> str:
        return f"{self.path} ({self.who}, {self.status}: {self.heading})"


class Camera(Browser):
    """A browser that keeps what it sees; it reads in a language."""

    def __init__(self, app: Flask, who: str, language: str = "", **client: Any) -> None:
        super().__init__(app, **client)
        self.who, self.language = who, language
        self.shots: dict[tuple[str, str, int], Shot] = {}

    def get(self, path: str, status: int | None = 200, **more: Any) -> Page:
        spoken = path.startswith(("/staff", "/r/", self.language or "/"))
        return super().get(path if spoken else self.language + path, status, **more)

    def _loaded(self, path: str, response: Any, status: int | None) -> Page:
        page = super()._loaded(path, response, status)
        if page.is_html and page.status != 303:
            shot = Shot(self.who, path, page.status, page.heading, page.body)
            # Of a page that says no, one is like the other.
            where = path if page.status == 200 else rule_of(self.app, urlsplit(path).path)
            self.shots.setdefault((where, page.heading, page.status), shot)
        return page

    def walks(self, start: str, within: str, most: int = 2) -> None:
        """Follow every link below an address, so many pages of each kind."""
        seen, waiting, times = {start}, [start], defaultdict[str, int](int)
        while waiting:
            self.get(waiting.pop(0), status=None)
            page = self.follow()
            if not page.is_html or page.status != 200:
                continue
            for link in page.select("a[href]"):
                path = urljoin(page.path, str(link["href"])).partition("#")[0]
                rule = rule_of(self.app, urlsplit(path).path)
                wanted = path.startswith(within) and PAGES.get(rule, NO_PAGE)[:3] != NO_PAGE[:3]
                if wanted and path not in seen and times[rule] < MANY.get(rule, most):
                    seen.add(path)
                    times[rule] += 1
                    waiting.append(path)


def rule_of(app: Flask, path: str) -> str:
    """The rule behind an address, whatever its language."""
    path = re.sub(r"^/es(?=/|$)", "", path) or "/"
    try:
        rule, _ = app.url_map.bind("localhost").match(path, return_rule=True)
    except Exception:  # noqa: BLE001  an address that leads nowhere has none
        return ""
    return str(rule.rule)


def of_readers(app: Flask, language: str) -> Iterator[Camera]:
    """What anybody may read, and pages that are not there."""
    camera = Camera(app, "reader", language)
    camera.walks(f"{language}/", f"{language}/", most=9)
    for path in ("/nothing", "/i/nothing", "/intake/review", "/intake/done"):
        camera.get(path, status=None)
    yield camera


def of_own_clinic(app: Flask, language: str) -> Iterator[Camera]:
    """The pages that a clinic wrote, and its mark above everybody's pages."""
    camera = Camera(app, "reader of a clinic with its own folder", language)
    camera.walks(f"{language}/clinic/", f"{language}/clinic/")
    camera.get("/privacy")
    camera.get("/staff/sign-in")
    yield camera


def of_patients(app: Flask, language: str) -> Iterator[Camera]:
    """Every page of the questions, empty, refused and filled in, and what comes of them."""
    camera = Camera(app, "patient", language)
    camera.get("/intake/")
    camera.submit({}, status=None)
    patient = Patient(camera)
    patient.agrees()
    for step in shipped_questionnaire().steps:
        page = camera.get(f"/intake/{step.id}", status=None)
        if page.status == 200 and page.has("main form[method=post]"):
            camera.submit({}, status=None)
            page = camera.get(f"/intake/{step.id}?change=1", status=None)
            patient.fills(page, status=None)
            camera.get(f"/intake/{step.id}?change=1", status=None)
    camera.get("/intake/review", status=None)
    patient.opens(shipped_questionnaire().steps[0].id)
    patient.goes_on(until=f"{language}/intake/review")
    patient.sends()
    camera.get("/status", status=None)
    camera.submit({}, status=None)
    camera.submit(patient.code_and_birth_date(), status=None)
    camera.follow()
    camera.get("/intake/leave")
    camera.get("/intake/resume", status=None)
    camera.submit({}, status=None)
    yield camera

    camera = Camera(app, "patient who needs help now", language)
    patient = Patient(camera)
    patient.agrees()
    patient.answers_step("about-you", status=None)
    patient.answers_step("right-now", status=None, walk_now="no-legs")
    camera.follow()
    yield camera


def of_tablet(app: Flask, database: Database, by: Member, now: datetime) -> Iterator[Camera]:
    """A tablet that staff handed to a patient, one that waits, and one that goes on."""
    camera = Camera(app, "patient on a tablet")
    camera.client.set_cookie(tablet.PLAIN_NAME, hand(database, by=by, now=now).token)
    camera.get("/tablet/", status=None)
    patient = Patient(camera)
    patient.agrees("Robin Tablet")
    patient.answers_step("about-you")
    patient.opens("right-now")
    with database.writing() as tx:
        going_on = {tablet.GO_ON_KEY: str(listing(tx)[-1].id)}
        token = open_session(tx, now=now, data=going_on)
    camera.client.set_cookie(sessions.PLAIN_NAME, token)
    camera.get("/tablet/go-on")
    camera.submit({}, status=None)
    camera.follow()
    yield camera


def of_receivers(app: Flask, database: Database, shelf: Shelf, now: datetime) -> Iterator[Camera]:
    """The other office: the door, a letter, and an answer that says too little."""
    loop = Loop(database, Patients(database, shelf).sends(at=now), now).sends()
    camera = Camera(app, "receiver")
    camera.get("/r/", status=None)
    camera.submit({"code": "nothing"}, status=None)
    camera.get(f"/r/{loop.door.token}")
    camera.submit({}, status=None)
    yield camera


def of_newcomer(app: Flask, database: Database, now: datetime) -> Iterator[Camera]:
    """Somebody new at the clinic sets up a second step, and signs in with it."""
    hire(database, "quinn", Role.CLINICIAN, enrols=True)
    words = {"username": "quinn", "password": PASSWORD}
    camera = Camera(app, "newcomer")
    camera.get("/staff/sign-in")
    camera.submit(words)
    camera.follow()
    page = camera.get("/staff/second-step/app")
    camera.submit({"code": ""}, status=None)
    secret = page.select_one("#app-key").text.replace(" ", "")
    camera.submit({"code": pyotp.TOTP(secret).at(now)})
    camera.follow()
    yield camera
    camera = Camera(app, "newcomer")
    camera.get("/staff/sign-in")
    camera.submit(words)
    camera.follow()
    camera.submit({"code": "000000"}, status=None)
    yield camera


def of_staff(app: Flask, member: Member) -> Iterator[Camera]:
    """Everything that one of the staff can come to by links, and what forms say to nothing."""
    role = member.role
    camera = Camera(app, role.value)
    camera.get("/staff/sign-in")
    camera.submit({"username": "nobody", "password": "x"}, status=None)
    worker = Worker(app, member)
    camera.client = worker.browser.client
    worker.signs_in()
    camera.walks("/staff/", "/staff/")
    shots = list(camera.shots.values())
    if role is Role.ADMIN:
        for path in ("/staff/people/new", "/staff/holds/", f"/staff/holds/{NO_HOLD}/lift"):
            camera.get(path)
            camera.submit({}, status=None)
    else:
        camera.get("/staff/search")
        camera.post("/staff/search", {"who": "Brandt"}, status=None)
        camera.follow()
        camera.get("/staff/invitations/new")
        camera.submit({}, status=None)
        place = begins(worker).rpartition("/")[0]
        camera.get("/staff/paper/")
        for step in shipped_questionnaire().steps:
            camera.get(f"{place}/{step.id}", status=None)
        camera.get(f"{place}/review", status=None)
        types(worker, f"{place}/about-you")
        camera.get(types(worker, f"{place}/right-now", walk_now="no-legs"))
    for path in {urlsplit(shot.path).path for shot in shots}:
        if rule_of(app, path).endswith(("<uuid:intake_id>", "<uuid:referral_id>")):
            for more in ("open-now", "referrals/new", "request"):
                camera.get(f"{path}/{more}", status=None)
    yield camera


def gathered(
    app: Flask,
    own: Flask,
    database: Database,
    shelf: Shelf,
    members: list[Member],
    now: datetime,
) -> list[Shot]:
    """Every page there is, for everybody who may see it; `own` has a folder of its own."""
    desk = next(member for member in members if member.role is Role.FRONT_DESK)
    cameras: list[Camera] = []
    for language in LANGUAGES:
        cameras += of_readers(app, language)
        cameras += of_own_clinic(own, language)
        cameras += of_patients(app, language)
        camera = Camera(app, "invited", language)
        camera.get(f"/i/{invite(database, desk, now=now).token}")
        cameras.append(camera)
    cameras += of_tablet(app, database, desk, now)
    cameras += of_receivers(app, database, shelf, now)
    cameras += of_newcomer(app, database, now)
    for member in members:
        cameras += of_staff(app, member)
    return [shot for camera in cameras for shot in camera.shots.values()]


def opened(tab: Tab, shots: list[Shot]) -> Iterator[Shot]:
    """Show one page after the other in a tab; nothing leaves the machine."""
    at: dict[str, Shot] = {}
    tab.route("**/*", lambda route: _answer(route, at))
    for number, shot in enumerate(shots):
        mark = "&" if "?" in shot.path else "?"
        address = f"{HOME}{shot.path}{mark}shot={number}"
        at[address] = shot
        tab.goto(address)
        yield shot


def _answer(route: Route, at: dict[str, Shot]) -> None:
    shot = at.get(route.request.url)
    path = urlsplit(route.request.url).path
    if shot is not None:
        route.fulfill(body=shot.html, content_type="text/html; charset=utf-8")
    elif path.startswith("/static/"):
        name = path.removeprefix("/static/")
        folder = content_dir() if name.startswith("figures/") else PACKAGE / "static"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        own = FILES.get(name)
        route.fulfill(body=own or (folder / name).read_bytes(), content_type=kind)
    else:
        route.fulfill(status=204)
