"""The figures of referrals: what is counted, for whom, over which days, and no name."""

import csv
import io
from datetime import timedelta

import pytest

from clinic.store import audit
from clinic.store.staff import Role
from tests.web.browser import Browser
from tests.web.referring import Referrer, list_provider
from tests.web.staff import Patients, Worker, hire

NAME = "Ottoline Unnamed"
PLACE = "/staff/referrals/figures"


@pytest.fixture
def clinician(app, database):
    return Worker(app, hire(database, "lee", Role.CLINICIAN, "Dr. Amira Lee")).signs_in()


@pytest.fixture
def sent(clinician, database, shelf):
    intake_id = Patients(database, shelf).sends({"full-name": NAME})
    referrer = Referrer(clinician, intake_id, list_provider(database))
    referrer.is_sent()
    return referrer


def lines_of(clinician, address=f"{PLACE}.csv"):
    text = clinician.browser.get(address).body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_before_anything_is_sent_nothing_is_drawn(clinician):
    page = clinician.browser.get(PLACE)

    assert "0 referrals were sent on these days." in page.text
    assert not page.soup.select("svg[role=img]")
    assert lines_of(clinician)[-1]["sent"] == "0"


def test_each_picture_has_its_numbers_in_a_table(sent, clinician):
    page = clinician.browser.get(PLACE)

    pictures = page.soup.select("svg[role=img]")
    titles = [tag.text.strip() for tag in page.soup.select("section.count_bars h2")]
    assert titles == [
        "Share closed",
        "Days to seen against the day to be seen by",
        "Overdue by service",
        "Reasons missing",
    ]
    assert len(page.soup.select("section.count_bars table")) == len(titles)
    assert len(pictures) == 3  # no step needed a reason yet
    assert all(picture["aria-label"] for picture in pictures)


def test_few_referrals_are_counted_and_not_turned_into_a_percentage(sent, clinician):
    page = clinician.browser.get(PLACE)

    assert "Closed: 0 of 1." in page.text
    assert "%" not in page.select_one("main").text


def test_a_referral_past_its_clock_is_overdue(sent, clinician, clock):
    assert lines_of(clinician)[0]["overdue"] == "0"
    clock.forward(days=4)
    clinician.signs_in()

    assert lines_of(clinician)[0]["overdue"] == "1"


def test_a_closed_referral_is_counted_as_seen_and_closed(sent, clinician, clock):
    sent.moves("accept")
    day = clock().date().isoformat()
    sent.moves("report_seen", day=day)
    sent.moves("report", words="No pressed nerve.")
    sent.moves("close", words="Told by phone.")

    (line, everything) = lines_of(clinician)
    assert line["service_id"] == "spine-clinic"
    assert (line["sent"], line["closed"], line["open"]) == ("1", "1", "0")
    assert (line["seen_in_time"], line["median_days_to_seen"]) == ("1", "0.0")
    assert everything["closed"] == "1"


def test_no_name_and_no_reference_stands_there(sent, clinician):
    page, text = clinician.browser.get(PLACE), clinician.browser.get(f"{PLACE}.csv")

    assert NAME not in page.text
    assert NAME.encode() not in text.body
    assert "R-" not in page.select_one("main").text
    assert b"Mill Road" not in text.body


def test_only_what_was_sent_on_the_days_counts(sent, clinician, clock):
    today = clock().date()
    before = today - timedelta(days=1)

    page = clinician.browser.get(f"{PLACE}?first={before}&last={before}")
    assert "0 referrals were sent" in page.text
    page = clinician.browser.get(f"{PLACE}?first={today - timedelta(days=2)}&last={today}")
    assert "1 referral was sent" in page.text


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("first=soon", "Write the day such as 2026-03-17."),
        ("first=2026-03-18&last=2026-03-17", "The first day comes after the last."),
        ("first=2025-03-17&last=2026-03-18", "Choose 366 days at most."),
        ("last=0001-01-01", "Write the day such as 2026-03-17."),
    ],
)
@pytest.mark.parametrize("kind", ["", ".csv"])
def test_days_that_cannot_be_are_asked_again(clinician, asked, words, kind):
    page = clinician.browser.get(f"{PLACE}{kind}?{asked}", 422)

    assert words in page.text


def test_reading_and_taking_them_out_is_audited(sent, clinician, database):
    clinician.browser.get(PLACE)
    clinician.browser.get(f"{PLACE}.csv")

    with database.reading() as tx:
        acts = {row.action for row in audit.trail(tx, limit=200)}
    assert {"figures.view", "figures.export"} <= acts


def test_the_front_desk_and_strangers_do_not_read_them(app, database):
    desk = Worker(app, hire(database, "ortiz", Role.FRONT_DESK, "Sam Ortiz")).signs_in()

    desk.browser.get(PLACE, 403)
    Browser(app).get(PLACE, 303)


def test_an_admin_reads_them(app, database, sent):
    admin = Worker(app, hire(database, "ada", Role.ADMIN, "Ada Min")).signs_in()

    assert "1 referral was sent" in admin.browser.get(PLACE).text
