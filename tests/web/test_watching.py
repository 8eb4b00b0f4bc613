"""Logs and figures tell how the program does, and nothing of what was sent to it."""

import json
import logging
import re

import pytest
from prometheus_client import generate_latest

from clinic import logs
from clinic.store import alerts, audit, outbox
from clinic.store.audit_chain import anchor_file, seal
from clinic.store.backup_make import MADE
from clinic.watch import registry
from clinic.web.intake.dates import read_date
from clinic.web.intake.reading import Unreadable
from clinic.web.security import Audience, open_to
from tests.store.kept import alarmed_draft

CANARY = "canary-7f3a"


@pytest.fixture
def told(app, capsys):
    """Every line of the log since the last look, each of allowed keys alone."""

    def lines():
        text = capsys.readouterr().err
        assert CANARY not in text
        found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        assert all(line.keys() <= set(logs.ALLOWED) for line in found)
        return found

    return lines


@pytest.fixture
def breaks(app):
    """A page that breaks with the words of somebody in its hands."""

    @open_to(Audience.PUBLIC)
    def broken(word):
        raise RuntimeError(f"{word} did not fit")

    app.add_url_rule("/breaks/<word>", "breaks", broken)
    app.testing = False


def figures(database, clock):
    text = generate_latest(registry(database, clock)).decode()
    assert CANARY not in text
    return {
        name: float(value)
        for name, value in re.findall(r"^(clinic_\S+) (\S+)$", text, re.MULTILINE)
    }


def sends_canaries(browser):
    """A canary in every part of a request that somebody else writes."""
    lies = {"User-Agent": CANARY, "Referer": f"http://{CANARY}/", "X-Request-ID": CANARY}
    for path in (f"/{CANARY}", f"/i/{CANARY}", f"/es/r/{CANARY}", f"/intake/{CANARY}"):
        browser.client.get(path, headers=lies, query_string={CANARY: CANARY})
    browser.client.set_cookie("clinic", CANARY)
    browser.client.post("/intake/", data={"name": CANARY, CANARY: CANARY}, headers=lies)
    browser.client.post("/staff/sign-in", data={"username": CANARY, "password": CANARY})
    browser.client.open("/", method=CANARY.upper())


def test_a_line_tells_the_route_and_never_the_address(browser, told):
    told()
    sends_canaries(browser)
    lines = [line for line in told() if line["event"] == "request"]

    assert [line["route"] for line in lines[:4]] == [
        "unmatched",
        "/i/<token>",
        "/r/<token>",
        "/intake/<step_id>",
    ]
    assert {line["method"] for line in lines} == {"GET", "POST", "other"}
    assert all(re.fullmatch("[0-9a-f]{32}", line["request"]) for line in lines)
    assert all(line["ms"] > 0 for line in lines)


def test_the_number_on_a_page_that_broke_finds_its_line_in_the_log(browser, told, breaks):
    page = browser.get(f"/breaks/{CANARY}", status=500)
    line, request = told()[-2:]

    assert line["event"] == "incident"
    assert line["incident"] in page.text
    assert line["kind"] == "RuntimeError"
    assert line["route"] == request["route"] == "/breaks/<word>"
    assert line["request"] == request["request"]


def test_what_a_library_says_is_left_out_but_for_where_it_was_said(told):
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("waitress").exception("Exception while serving %s", f"/i/{CANARY}")
    logging.getLogger("gunicorn.error").error("Worker (pid:%s) exited with code %s.", 7, 1)
    mine, known = told()[-2:]

    assert (mine["library"], mine["kind"]) == ("waitress", "ValueError")
    assert re.fullmatch(r"test_watching:\d+", mine["place"])
    assert known["said"] == "Worker (pid:7) exited with code 1."


def test_a_file_in_a_folder_that_is_called_clinic_is_not_ours():
    code = compile("1 / 0", "/srv/clinic/lib/library.py", "exec")
    with pytest.raises(ZeroDivisionError) as foreign:
        exec(code)  # noqa: S102
    with pytest.raises(Unreadable) as ours:
        read_date("x", "", "")

    assert logs.place_of(foreign.value) == ""
    assert re.fullmatch(r"web/intake/dates\.py:\d+", logs.place_of(ours.value))


def test_no_label_comes_from_what_was_sent(browser, database, clock):
    sends_canaries(browser)
    before = len(figures(database, clock))
    sends_canaries(browser)
    for number in range(20):
        browser.client.get(f"/{CANARY}/{number}")

    assert len(figures(database, clock)) == before  # nor do strangers make them grow


def test_the_figures_tell_what_waits_and_for_how_long(browser, database, settings, clock):
    seal(database, anchor_file(settings))
    with database.writing() as tx:
        draft = alarmed_draft(tx, now=clock.now)
        alerts.raise_alert(tx, draft.id, now=clock.now)
        outbox.enqueue(tx, kind="duty", payload={"word": CANARY}, now=clock.now)
        audit.record(tx, actor=audit.PATIENT, action="intake.start", subject=None, now=clock.now)
    clock.forward(minutes=7)
    found = figures(database, clock)

    assert found["clinic_database_up"] == 1
    assert found["clinic_outbox_waiting"] == 1
    assert found["clinic_emergencies_unacknowledged"] == 1
    assert found["clinic_emergency_oldest_seconds"] == 7 * 60
    assert found["clinic_audit_unsealed_rows"] == 1


def test_the_age_of_the_last_backup_is_told_once_there_is_one(database, clock):
    told = registry(database, clock)
    assert "clinic_backup_age" not in generate_latest(told).decode()
    for minutes in (0, 30):
        clock.forward(minutes=minutes)
        with database.writing() as tx:
            audit.record(tx, actor=audit.SYSTEM, action=MADE, subject=None, now=clock.now)
    clock.forward(minutes=20)

    assert "\nclinic_backup_age_seconds 1200.0\n" in generate_latest(told).decode()


def test_a_database_that_is_away_is_one_of_the_figures(browser, database, settings, clock):
    counted = figures(database, clock)["clinic_database_errors_total"]
    database.close()
    settings.database_path.rename(settings.data / "elsewhere.db")
    settings.database_path.mkdir()
    found = figures(database, clock)

    assert found["clinic_database_up"] == 0
    assert "clinic_outbox_waiting" not in found
    assert found["clinic_database_errors_total"] == counted  # what was counted is read first
    assert figures(database, clock)["clinic_database_errors_total"] > counted
