"""Looking somebody up by name, birth date or phone, from any page of those who see patients."""

from datetime import timedelta

import pytest

from clinic.store import audit
from clinic.store.staff import Role
from tests.web.browser import Page
from tests.web.staff import BEFORE, SAME_DAY, Patients, Worker, hire

ANA = {"full-name": "Ana Cruz-Okafor", "birth-date": "1980-03-17", "phone": "212-555-0147"}


@pytest.fixture
def patients(database, shelf) -> Patients:
    return Patients(database, shelf)


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz")).signs_in()


def looks_up(worker: Worker, typed: str) -> Page:
    """Type into the box of the page at hand, and follow to what it found."""
    page = worker.browser.get("/staff/")
    box = page.select_one("form.search_box")
    token = str(box.select_one("[name=csrf_token]")["value"])
    sent = worker.browser.post(str(box["action"]), {"csrf_token": token, "who": typed}, 303)
    return worker.browser.get(sent.location)


def found(page: Page) -> list[str]:
    return [name.get_text(strip=True) for name in page.select(".found_person__name")]


@pytest.mark.parametrize(
    "typed",
    [
        "ana cruz okafor",
        "Cruz-Okafor, Ana",
        "oka",
        "OKAF",
        "3/17/1980",
        "1980-03-17",
        "(212) 555-0147",
    ],
)
def test_a_patient_is_found_by_name_birth_date_and_phone(desk, patients, typed):
    patients.sends({**SAME_DAY, **ANA})
    patients.sends({"full-name": "Somebody Else"})

    page = looks_up(desk, typed)

    assert found(page) == ["Ana Cruz-Okafor"]
    told = page.select_one(".found_person").get_text(" ", strip=True)
    for words in ("46 , born March 17, 1980", "212-555-0147", "8:42 am", "Same day", "New"):
        assert words in told


def test_what_was_typed_stands_in_no_address_and_not_in_the_audit(desk, patients, database):
    patients.sends({**SAME_DAY, **ANA})

    page = looks_up(desk, "Okafor")

    assert page.path == "/staff/search"
    assert page.select_one("#who")["value"] == "Okafor"
    with database.reading() as tx:
        row = audit.trail(tx, actor_id=desk.member.id)[0]
    assert (row.action, row.detail) == ("patient.search", "found 1")


def test_two_records_of_one_confirmed_person_are_one_result_with_both_intakes(
    app, database, patients, desk
):
    patients.sends(ANA, at=BEFORE - timedelta(days=30))
    second = patients.sends(ANA)
    assert found(looks_up(desk, "Okafor")) == ["Ana Cruz-Okafor", "Ana Cruz-Okafor"]

    desk.opens(second)
    desk.does("same-person/confirm")

    page = looks_up(desk, "Okafor")
    assert found(page) == ["Ana Cruz-Okafor"]
    assert len(page.select(".found_person__sent li")) == 2


@pytest.mark.parametrize("typed", ["an", "x", "12", "   "])
def test_too_little_finds_nobody_and_says_what_is_enough(desk, patients, typed):
    patients.sends(ANA)

    page = looks_up(desk, typed)

    assert found(page) == []
    assert "three letters or more" in page.text
    assert page.has("#who-error") is bool(typed.strip())
    assert page.has('.error_summary a[href="#who"]') is bool(typed.strip())
    assert page.title.startswith("Error: ") is bool(typed.strip())


def test_a_name_that_nobody_has_is_told_and_never_read_as_markup(desk, patients):
    page = looks_up(desk, "<b>Nobody</b> There")

    assert "Nobody found for “<b>Nobody</b> There”." in page.text


def test_many_people_are_read_in_pages_by_key(desk, patients, database):
    for number in range(21):
        patients.sends({"full-name": f"Zed Person{number}"}, at=BEFORE + timedelta(seconds=number))

    page = looks_up(desk, "zed")
    assert len(found(page)) == 20
    assert found(page)[0] == "Zed Person20"

    rest = desk.browser.get(page.link("Next page"))
    assert found(rest) == ["Zed Person0"]
    assert desk.browser.get("/staff/search?after=nonsense", 400).heading


def test_an_admin_has_no_box_and_may_not_look_up(app, database, patients):
    patients.sends(ANA)
    admin = Worker(app, hire(database, "admin", Role.ADMIN)).signs_in()

    assert not admin.browser.get("/staff/people/").has(".search_box")
    admin.browser.get("/staff/search", 403)
