"""The link of an invitation: scanners spend nothing, Start spends it, and it shows nobody."""

import threading

import pytest

from clinic.actions import invitations as actions
from clinic.config import Settings
from clinic.intake import IntakeState
from clinic.store import intakes, same_person
from clinic.store.invitations import State
from clinic.store.limits import INVITATION_ADDRESS
from clinic.store.sessions import PATIENT_IDLE
from clinic.store.staff import Role
from tests.web.browser import Browser
from tests.web.invited import OF_HER, ZEPHYRINE, invite, kept
from tests.web.patient import Patient
from tests.web.staff import EMERGENCY, Patients, hire

UNKNOWN = "/i/00000000-00000000-00000000-00000000"


@pytest.fixture
def desk(database):
    return hire(database, "nina", Role.FRONT_DESK)


@pytest.fixture
def invited(database, desk):
    return invite(database, desk)


def path_of(invitation) -> str:
    return f"/i/{invitation.token}"


def starts(browser, invitation, status=303):
    browser.get(path_of(invitation))
    return browser.submit({}, status)


def test_looking_at_a_link_spends_nothing_and_shows_nobody(browser, database, invited, clock):
    for _ in range(3):
        page = browser.get(path_of(invited))
        assert browser.client.head(path_of(invited)).status_code == 200

    assert page.select_one("main button").text.strip() == "Start"
    for words in ("Zephyrine", "Quill", "example.org", "April"):
        assert words not in page.body.decode()
    assert not OF_HER.search(page.body.decode())
    assert kept(database, invited.id) == invited
    assert invited.state(clock()) is State.MADE


def test_start_leads_to_the_consent_and_the_form_is_tied_to_the_invitation(
    browser, database, invited, clock
):
    starts(browser, invited)
    assert kept(database, invited.id).state(clock()) is State.OPENED
    assert browser.follow().has("input[name=agree]")

    Patient(browser).agrees()

    after = kept(database, invited.id)
    with database.reading() as tx:
        (facts,) = intakes.listing(tx)
        card = intakes.card(tx, facts.id)
    assert after.state(clock()) is State.SPENT
    assert after.intake_id == facts.id
    assert card.appointment == "April 1, 2026"


def test_the_visit_stands_on_the_card_of_what_was_sent(browser, database, invited, clock):
    starts(browser, invited)
    someone = Patient(browser)
    someone.answers_everything()
    someone.sends()

    with database.reading() as tx:
        (facts,) = intakes.listing(tx)
        card = intakes.card(tx, facts.id)
    assert facts.state is IntakeState.SUBMITTED
    assert (card.name, card.appointment) == ("Alex Rivera", "April 1, 2026")
    assert kept(database, invited.id).state(clock()) is State.SENT


def test_the_visit_stands_on_the_card_of_an_emergency_that_was_not_sent(
    browser, database, shelf, invited, clock
):
    starts(browser, invited)
    Patient(browser).agrees()
    Patients(database, shelf).corrects(kept(database, invited.id).intake_id, EMERGENCY, clock())

    with database.reading() as tx:
        (facts,) = intakes.listing(tx)
        card = intakes.card(tx, facts.id)
    assert facts.emergency_open
    assert card.appointment == "April 1, 2026"


def test_a_used_link_sends_others_to_the_code(app, browser, invited):
    starts(browser, invited)

    other = Browser(app)
    page = other.get(path_of(invited), 404)

    assert "This link was used already" in page.body.decode()
    assert page.has('a[href="/intake/resume"]')


def test_whoever_was_looking_when_another_pressed_start_is_told(app, browser, invited):
    other = Browser(app)
    other.get(path_of(invited))
    starts(browser, invited)

    page = other.submit({}, 404)

    assert "This link was used already" in page.body.decode()


def test_of_two_presses_at_one_moment_one_is_let_in(app, database, invited):
    browsers = [Browser(app, use_cookies=True) for _ in range(4)]
    for each in browsers:
        each.get(path_of(invited))
    together, statuses = threading.Barrier(4), []

    def press(each):
        together.wait()
        statuses.append(each.submit({}, None).status)

    crowd = [threading.Thread(target=press, args=(each,)) for each in browsers]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()

    assert sorted(statuses) == [303, 404, 404, 404]


def test_pressing_start_twice_on_one_device_goes_on(browser, invited):
    starts(browser, invited)

    assert browser.get(path_of(invited), 303).location.endswith("/intake/")
    Patient(browser).agrees()
    assert browser.get(path_of(invited), 303).location.endswith("/intake/")


def test_a_link_that_was_never_begun_opens_again_when_the_visit_is_over(
    app, browser, database, invited, clock
):
    starts(browser, invited)
    browser.get("/intake/")

    clock.now += PATIENT_IDLE
    other = Browser(app)
    starts(other, invited)
    Patient(other).agrees()

    with database.reading() as tx:
        assert len(intakes.listing(tx)) == 1


def test_two_who_agree_with_one_link_begin_one_form(app, browser, database, invited, clock):
    starts(browser, invited)
    browser.get("/intake/")
    for _ in range(2):
        clock.now += PATIENT_IDLE / 2
        browser.get("/intake/")
    other = Browser(app)
    starts(other, invited)
    Patient(other).agrees()

    browser.get("/intake/")
    page = browser.submit({"agree": "yes", "name": "Pat Sample"}, 409)

    assert "used already" in page.body.decode()
    with database.reading() as tx:
        assert len(intakes.listing(tx)) == 1


def test_links_that_open_nothing_read_alike(app, browser, database, desk, invited, clock):
    revoked, used = invite(database, desk), invite(database, desk)
    actions.revoke(database, revoked.id, by=desk, now=clock())
    other = Browser(app)
    starts(other, used)
    Patient(other).agrees()
    old = invite(database, desk, appointment_on=clock().date())
    clock.forward(days=1)

    pages = [browser.get(path_of(each), 404) for each in (revoked, used, old)]
    pages.append(browser.get(UNKNOWN, 404))
    pages.append(browser.get("/i/x", 404))

    texts = {page.select_one("main").get_text() for page in pages}
    assert len(texts) == 1
    assert "555-555-0100" in texts.pop()


def test_a_press_on_an_unknown_link_reads_the_same(browser):
    looked = browser.get(UNKNOWN, 404).select_one("main").get_text()

    pressed = browser.post(UNKNOWN, {}, 404)

    assert pressed.select_one("main").get_text() == looked


def test_guesses_from_one_address_are_limited_and_shut_out_nobody_who_holds_a_link(
    app, browser, database, desk, invited
):
    used = invite(database, desk)
    starts(Browser(app), used)
    for _ in range(INVITATION_ADDRESS.most):
        browser.get(path_of(invited))
        browser.get(path_of(used), 404)
        browser.get(UNKNOWN, 404)

    page = browser.get(UNKNOWN, 429)
    assert int(page.headers["Retry-After"]) > 0
    assert browser.get(path_of(used), 404)
    starts(browser, invited)
    elsewhere = Browser(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert elsewhere.get(UNKNOWN, 404)


def test_a_link_leaves_no_form_of_somebody_else_open_on_the_device(browser, database, invited):
    Patient(browser).agrees("Somebody Else")
    with database.reading() as tx:
        first = intakes.listing(tx)[0].id

    starts(browser, invited)
    Patient(browser).agrees()

    assert kept(database, invited.id).intake_id not in (None, first)


class TestInvitedOnly:
    """A clinic that opens its questions to invited patients only."""

    @pytest.fixture
    def settings(self, tmp_path) -> Settings:
        return Settings(
            data=tmp_path / "data", key_file=tmp_path / "keys" / "clinic.key", open_intake=False
        )

    def test_without_an_invitation_the_start_says_how_to_get_one(self, browser):
        page = browser.get("/intake/")

        assert "Ask us for one" in page.body.decode()
        assert not page.has("input[name=agree]")
        assert page.has('main a[href="/intake/resume"]')

    def test_without_an_invitation_nothing_is_begun(self, browser, database):
        browser.post("/intake/", {"agree": "yes", "name": "Pat Sample"}, 403)

        with database.reading() as tx:
            assert intakes.listing(tx) == []

    def test_with_one_the_form_is_begun(self, browser, database, invited):
        starts(browser, invited)

        Patient(browser).agrees()

        with database.reading() as tx:
            assert len(intakes.listing(tx)) == 1


def test_a_patient_on_record_starts_from_the_last_answers(browser, database, shelf, desk):
    Patients(database, shelf).sends()
    with database.reading() as tx:
        patient_id = intakes.listing(tx)[0].patient_id
        assert same_person.intakes_of_person(tx, patient_id)
    known = invite(database, desk, person=ZEPHYRINE, patient_id=patient_id)

    starts(browser, known)
    Patient(browser).agrees()

    page = browser.get("/intake/about-you")
    assert "Rivera" in str(page.select_one("[name=full-name]")["value"])
