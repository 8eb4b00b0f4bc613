"""Requests that no browser of ours makes, and years that nobody means: a clear page, never a fault.

Every rule that takes a post gets them, so that one that is added later is held to it too.
"""

import pytest

from clinic.referral.typed_day import FAR_AHEAD, FAR_BACK
from clinic.store.staff import Role
from clinic.web.staff.doors import place_after
from clinic.web.staff.referral_forms import LETTER_TOO_LONG, LINE_TOO_LONG
from tests.web.browser import Browser, Page
from tests.web.loop import Loop, Receiver
from tests.web.referring import Referrer, kept_of, list_provider
from tests.web.staff import Patients, Worker, hire
from tests.web.test_authz import FILLED, addresses

NAMELESS = (
    b"--edge\r\nContent-Disposition: form-data{file}\r\n\r\nwords\r\n"
    b'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--edge--\r\n'
)
NO_ORIGIN = ("http://[evil", "//localhost", "localhost", "http://localhost@evil.example", "")


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "lee", Role.CLINICIAN, "Lee Park")).signs_in()


def nameless(token: str, file: str = "") -> bytes:
    return NAMELESS.replace(b"{file}", file.encode()).replace(b"{token}", token.encode())


@pytest.mark.parametrize("file", ["", '; filename="x.pdf"'])
def test_a_part_without_a_name_is_refused_wherever_it_is_posted(app, clinician, file):
    browser = clinician.browser
    body = nameless(browser.token(), file)
    missing = dict.fromkeys(("intake_id", "patient_id"), FILLED["staff_id"])
    wrong = []
    for name, rule, method in addresses(app):
        if method != "POST":
            continue
        with app.test_request_context():
            path = str(rule.build({key: {**FILLED, **missing}[key] for key in rule.arguments})[1])  # type: ignore[index]
        kind = "multipart/form-data; boundary=edge"
        page = Page(path, browser.client.post(path, data=body, content_type=kind))
        if page.status != 400 or not page.heading:
            wrong.append((name, page.status))

    assert wrong == []


@pytest.mark.parametrize("origin", NO_ORIGIN)
def test_an_origin_that_is_none_is_another_site(browser, origin):
    browser.get("/intake/")
    page = browser.post("/intake/leave", status=400, headers={"Origin": origin})

    assert page.heading == "That was sent from another site"


@pytest.mark.parametrize("place", ["http://[x", "//[x", "/staff/\\evil.example", "/staff/\u202e"])
def test_a_next_place_that_is_no_address_is_left_out(app, place):
    page = Browser(app).get("/staff/sign-in", query_string={"next": place})

    assert page.heading == "Sign in"
    assert not page.has('[name="next"]')


ELSEWHERE = (
    *(
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
    ),
    *(
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\x00/evil.example",
    ),
    *(
        "https:/evil.example",
        "javascript:alert(1)",
        "/.\\/evil.example",
        "//[",
        "/x\r\nSet-Cookie: a=b",
    ),
)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_no_address_that_is_posted_or_asked_for_leads_elsewhere(browser, place):
    """Neither the address to go back to, nor the page to go to once signed in."""
    page = browser.post_raw("/look", [("_look", "large"), ("back", place)], 303)
    assert page.location in ("/", "/evil.example")  # a path of ours, whatever it spells
    assert len(page.headers.getlist("Set-Cookie")) == 1
    assert place_after(place) == ""


@pytest.mark.parametrize(
    ("act", "typed", "words"),
    [
        ("book", {"day": "12/31/9999", "clock": "11:59 pm"}, FAR_AHEAD),
        ("book", {"day": "4/2/2206", "clock": "2 pm"}, FAR_AHEAD),
        ("report-seen", {"day": "1/1/0001"}, FAR_BACK),
    ],
)
def test_a_slip_in_the_year_of_a_visit_is_asked_again(
    app, database, shelf, clock, act, typed, words
):
    loop = Loop(database, Patients(database, shelf).sends(), clock.now).sends()
    office = Receiver(Browser(app), loop.door)
    office.opens()
    page = office.answers(act, typed, status=422)

    assert page.errors == [words]
    assert page.select_one(f"#{act.replace('-', '_')}-day")["value"] == typed["day"]


def test_staff_are_asked_again_for_a_year_that_nobody_means(clinician, database, shelf):
    lee = Referrer(clinician, Patients(database, shelf).sends(), list_provider(database))
    lee.records_consent()
    lee.drafts()
    page = lee.browser.get(f"{lee.place}/request")
    page = lee.browser.submit({"act_by": "9999-12-31"}, status=422)
    assert page.errors == [FAR_AHEAD]

    lee.moves("complete")
    lee.does("sign")
    lee.does("send", channel="print")
    page = lee.moves("book", 422, day="9999-12-31", time="23:59")
    assert FAR_AHEAD in page.errors


def test_an_act_that_is_none_is_not_looked_for(app, database):
    admin = Worker(app, hire(database, "ada", Role.ADMIN)).signs_in()
    page = admin.browser.get("/staff/audit/", 422, query_string={"act": "x\0y"})

    assert page.errors == ["Choose an act from the list."]


@pytest.mark.parametrize(
    ("texts", "words"),
    [({"more-background": "x" * 5001}, LINE_TOO_LONG), ({}, LETTER_TOO_LONG)],
)
def test_a_letter_that_is_too_long_is_told_and_comes_back_whole(
    clinician, database, shelf, texts, words
):
    lee = Referrer(clinician, Patients(database, shelf).sends())
    lee.records_consent()
    lee.drafts()
    before = kept_of(database, lee.id).letter
    many = {f"line-background-{number}": f"{number} " + "y" * 4000 for number in range(6)}
    page = lee.does("letter", 409, **(texts or many))

    assert words in page.text
    assert all(text in page.text for text in (texts or many).values())
    assert kept_of(database, lee.id).letter == before


def test_a_phone_of_an_invitation_is_one_number(app, database):
    desk = Worker(app, hire(database, "desk", Role.FRONT_DESK)).signs_in()
    desk.browser.get("/staff/invitations/new")
    page = desk.browser.submit({"name": "Pat", "phone": "5" * 30_000}, status=422)

    assert page.errors == ["Write one phone number."]
