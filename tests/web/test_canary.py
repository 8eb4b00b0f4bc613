"""What somebody types or sends turns up nowhere but on the page of whoever may see it.

A word that nobody else writes is put into every field, header, cookie, query and file name, by
a patient, by staff and by a receiver; then it is looked for in the log with every library at its
most talkative, in mails, in file names and files, in every row of the database, and on the
pages of everybody else.
"""

import base64
import contextlib
import gzip
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from flask import Flask

import clinic
from clinic.app import create_app
from clinic.config import Settings
from clinic.delivery import deliver
from clinic.library.shelf import Shelf
from clinic.questionnaire.model import ItemType
from clinic.referral.model import Channel as Mode
from clinic.store import intakes
from clinic.store.database import Database
from clinic.store.invitations import Channel
from clinic.store.patients import Person
from clinic.store.staff import Role
from tests.mail.server import Inbox, mail_server
from tests.make import shipped_questionnaire
from tests.pdf.printing import pages_of
from tests.web.canary import (
    WORD,
    Somebody,
    canary,
    filled,
    paths,
    traces,
    traces_in,
    traces_in_tables,
    traces_of_open_files,
)
from tests.web.invited import invite
from tests.web.loop import Loop
from tests.web.staff import EMERGENCY, Patients, Worker, hire


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as inbox:
        yield inbox


@pytest.fixture
def settings(tmp_path: Path, inbox: Inbox) -> Settings:
    """The usual ones, and mail to staff, to patients and to receivers."""
    return Settings(
        data=tmp_path / "data",
        key_file=tmp_path / "keys" / "clinic.key",
        smtp_url=inbox.url,
        duty_address="desk@clinic.example",
        public_url="https://clinic.example",
    )


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go, so that they can be looked through."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def talk() -> Iterator[StringIO]:
    """All that any library says, in whole, however little of it is ever written down."""
    said = StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(name)s %(pathname)s %(message)s %(args)s"))
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    root.setLevel(before)


@dataclass(frozen=True)
class Cast:
    """Who sends requests, and what stands in the addresses of what they did before."""

    values: dict[str, object]
    staff: dict[str, Somebody]
    patient: Somebody
    other: Somebody
    stranger: Somebody
    nobody: Somebody

    def who_may(self, rule: str) -> Somebody:
        """Give whoever gets furthest at an address."""
        if rule.startswith(("/staff/people", "/staff/audit")):
            return self.staff["admin"]
        if "open-now" in rule:
            return self.staff["front_desk"]
        return self.staff["clinician"] if rule.startswith("/staff") else self.patient


def typed_everywhere() -> dict[str, str]:
    """A canary for every question that is answered in words, in the first of its rows."""
    form = shipped_questionnaire()
    typed = {}
    for item in form.by_link_id.values():
        if item.type in (ItemType.STRING, ItemType.TEXT) and not item.repeats:
            rows = "".join(
                f"{each.link_id}.0." for each in form.ancestors(item.link_id) if each.repeats
            )
            if item.pattern is None:
                typed[f"{rows}{item.link_id}"] = canary(item.link_id)[: item.max_length]
    return {**typed, "email": f"{canary('email')}@example.org"}


def make_cast(
    app: Flask, database: Database, shelf: Shelf, now: datetime, port: int | None
) -> Cast:
    """Have an emergency sent, its letter signed and mailed, and somebody invited by mail."""
    staff = {}
    for role in Role:
        client = Worker(app, hire(database, role.value, role)).signs_in().browser.client
        cookie = client.get_cookie("clinic")
        assert cookie is not None
        staff[role.value] = Somebody(app, port, {"clinic": cookie.value})
    at = now - timedelta(hours=2)
    intake_id = Patients(database, shelf).sends({**EMERGENCY, **typed_everywhere()}, at=at)
    loop = Loop(database, intake_id, now).sends(Mode.MAIL)
    person = Person(canary("invited"), date(1970, 1, 1), "555-555-0171", "zq@example.org")
    visit = (now + timedelta(days=14)).date()
    invited = invite(
        database, loop.lee, now=now, person=person, channel=Channel.MAIL, appointment_on=visit
    )
    with database.reading() as tx:
        patient_id = intakes.facts(tx, intake_id).patient_id
    values = {
        "intake_id": intake_id,
        "patient_id": patient_id,
        "referral_id": loop.id,
        "invitation_id": invited.id,
        "token": loop.door.token,
    }
    patient, other = Somebody(app, port), Somebody(app, port)
    for each in (patient, other):
        begins(each, canary("consent") if each is patient else "Pat Sample")
    return Cast(values, staff, patient, other, Somebody(app, port), Somebody(app, port))


def begins(somebody: Somebody, name: str) -> None:
    page = somebody.page("/intake/")
    form = page.select_one('main form[method="post"]')
    assert form is not None
    somebody.sends("POST", "/intake/", {**filled(form, "/intake/"), "name": name, "agree": "yes"})


DAY = {"day": "4/20/2026", "clock": "2 pm", "time": "14:00", "act_by": "2026-04-20"}
ENDS_SESSIONS = ("/sign-out", "/leave", "/end-others", "/password")


def act(cast: Cast, most: int = 99) -> list[int]:
    """Send the forms of each page, a canary in each box; give how they were answered."""
    record = f"/staff/intakes/{cast.values['intake_id']}"
    return [
        *cast.staff["front_desk"].fills_forms(f"{record}/open-now", most),
        *cast.staff["clinician"].fills_forms(record, most, **DAY),
        *cast.patient.fills_forms("/intake/about-you", most),
        *cast.stranger.fills_forms(f"/r/{cast.values['token']}", most, **DAY),
    ]


def try_everything(cast: Cast, app: Flask) -> None:
    """Post to every address with canaries in fields that nobody asked for, and in all headers."""
    for method, path, rule in paths(app, cast.values):
        if method == "POST" and not path.endswith(ENDS_SESSIONS):
            cast.who_may(rule.rule).tries(method, path)
    cast.stranger.tries("GET", f"/intake/{canary('path')}")
    cast.stranger.tries("GET", f"/{canary('path')}/{canary('path')}")


def traces_on_pages(cast: Cast, app: Flask) -> list[str]:
    """Look at every page as somebody else: who is not signed in, and another patient."""
    found = []
    for method, path, rule in paths(app, {**cast.values, "token": "no-link"}):
        if method == "GET" and not rule.endpoint.startswith("education"):
            onlooker = cast.nobody if path.startswith("/staff") else cast.other
            answer = onlooker.sends("GET", path)
            found += [f"{path} ({answer.status}): {line}" for line in traces(answer.whole)]
    for path in ("/staff/audit/", "/staff/audit/audit.csv", "/staff/people/"):
        found += traces(cast.staff["admin"].sends("GET", path).whole)
    return found


def found_in(
    cast: Cast, settings: Settings, database: Database, inbox: Inbox, scratch: Path
) -> list[str]:
    """Look through mails, files with their names, rows, and the pages on which an admin reads."""
    admin = cast.staff["admin"]
    return [
        *(line for mail in inbox.mails for line in traces(mail.encode())),
        *traces_in(settings.data, scratch),
        *traces_in_tables(database),
        *traces(admin.sends("GET", "/staff/audit/").whole),
        *traces(admin.sends("GET", "/staff/audit/audit.csv").whole),
    ]


@pytest.mark.parametrize(
    "write",
    [
        str.encode,
        lambda word: word.encode("utf-16-le"),
        lambda word: b"<</Length 9>>\nstream\n" + zlib.compress(word.encode()) + b"\nendstream",
        lambda word: gzip.compress(word.encode()),
        lambda word: word.encode().hex().encode(),
        *(lambda word, n=n: base64.b64encode(b"x" * n + word.encode()) for n in range(3)),
    ],
)
def test_a_canary_is_found_however_it_is_written(write):
    assert traces(b"before " + write(canary("any place")) + b" after") or traces(
        write(canary("any place"))
    )


def test_what_is_typed_is_in_no_log_mail_file_or_row(
    app, database, shelf, clock, settings, inbox, scratch, talk, capfd
):
    cast = make_cast(app, database, shelf, clock.now, None)
    deliver(settings, database, clock)
    taken = act(cast, most=2)
    cast.stranger.tries("POST", f"/{canary('path')}")
    cast.other.tries("POST", "/intake/resume")
    said = capfd.readouterr()

    assert taken.count(303) > 3
    assert len(inbox.mails) == 2
    assert '"route": "/intake/<step_id>"' in said.out + said.err
    assert traces((said.out + said.err + talk.getvalue()).encode()) == []
    assert found_in(cast, settings, database, inbox, scratch) == []
    assert (
        traces(cast.nobody.sends("GET", f"/staff/intakes/{cast.values['intake_id']}").whole) == []
    )


@pytest.mark.proof
def test_what_is_sent_to_any_address_is_on_nobody_elses_page_either(
    app, database, shelf, clock, settings, inbox, scratch, talk, capfd
):
    cast = make_cast(app, database, shelf, clock.now, None)
    act(cast)
    try_everything(cast, app)
    deliver(settings, database, clock)
    said = capfd.readouterr()

    assert traces((said.out + said.err + talk.getvalue()).encode()) == []
    assert found_in(cast, settings, database, inbox, scratch) == []
    assert traces_on_pages(cast, app) == []


@contextmanager
def served(
    settings: Settings, scratch: Path
) -> Iterator[tuple[int, subprocess.Popen[bytes], Path]]:
    """The program in a process of its own, as talkative as it can be made."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = scratch.parent / "served.log"
    environ = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PORT": str(port),
        "CLINIC_DATA": str(settings.data),
        "CLINIC_KEY_FILE": str(settings.key_file),
        "CLINIC_DUTY_ADDRESS": settings.duty_address,
        "CLINIC_PUBLIC_URL": settings.public_url,
        "SMTP_URL": settings.smtp_url or "",
        "TMPDIR": str(scratch),
        "PYTHONDEVMODE": "1",
        "PYTHONUTF8": "1",
        "PYTHONPATH": str(Path(clinic.__file__).parents[1]),
    }
    command = [sys.executable, "-c", "from clinic.cli import main; raise SystemExit(main())", "run"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environ, stdout=out, stderr=out)
        try:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                time.sleep(0.2)
            yield port, process, log
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def family(pid: int) -> list[int]:
    """A process and those that it began."""
    below = Path(f"/proc/{pid}/task").glob("*/children")
    return [
        pid,
        *(
            each
            for path in below
            for child in path.read_text().split()
            for each in family(int(child))
        ),
    ]


@pytest.mark.proof
def test_a_program_that_is_served_leaves_no_word_of_it_in_its_log_or_in_any_file(
    database, shelf, pool, settings, inbox, scratch
):
    """With papers that are made, files that are sent, and bodies that break off."""
    app = create_app(settings, database=database, shelf=shelf, pool=pool)
    with served(settings, scratch) as (port, process, log):
        cast = make_cast(app, database, shelf, datetime.now(UTC), port)
        taken = act(cast)
        open_files = list[str]()
        for path in ("summary.pdf", "patient.pdf", "room-sheet.pdf"):
            paper = cast.staff["clinician"].sends(
                "GET", f"/staff/intakes/{cast.values['intake_id']}/{path}"
            )
            open_files += [
                line for each in family(process.pid) for line in traces_of_open_files(each)
            ]
            assert WORD in "".join(pages_of(paper.body)) or path == "room-sheet.pdf"
        try_everything(cast, app)
        large = {"words": canary("large") * 20_000, "csrf_token": cast.patient.token}
        assert cast.patient.sends("POST", "/intake/visit", large).status in (200, 303)
        report = {"file": (BytesIO(canary("report").encode() * 200_000), f"{canary('name')}.pdf")}
        cast.stranger.sends("POST", f"/r/{cast.values['token']}/report", report)
        for broken in (
            f"POST /{canary('broken')} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n",
            f"GET /{canary('bad')} HTTP/9.9\r\n{canary('no header')}\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", port)) as talk:
                talk.sendall(f"{broken}{canary('off')}".encode())
        open_files += [line for each in family(process.pid) for line in traces_of_open_files(each)]
        pages = traces_on_pages(cast, app)
        time.sleep(3)  # for the mails

    assert taken.count(303) > 10
    assert len(inbox.mails) >= 2
    assert open_files == []
    assert pages == []
    assert traces(log.read_bytes()) == []
    assert b'"route": "/intake/<step_id>"' in log.read_bytes()
    assert traces_in(settings.data, scratch) == []
    assert traces_in_tables(database) == []
