"""Staff invite: by mail or slip, see how far each has come, make a new link, take one back."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from pypdf import PdfReader

from clinic import work
from clinic.actions import invitations as actions
from clinic.actions.invitations import PAGE_ROWS
from clinic.config import Settings
from clinic.store import audit, intakes, invitations, outbox
from clinic.store.invitations import Channel, Shown, State
from clinic.store.staff import Role
from tests.web.browser import Browser
from tests.web.invited import OF_HER, invite, kept
from tests.web.patient import Patient
from tests.web.staff import Patients, Worker, hire

FIELDS = {
    "name": "Zephyrine Quill",
    "birth_date": "4/23/1971",
    "phone": "555-555-0171",
    "appointment_on": "4/1/2026",
    "channel": "slip",
}
LIST = "/staff/invitations/"


@pytest.fixture
def nina(app, database):
    return Worker(app, hire(database, "nina", Role.FRONT_DESK)).signs_in()


def everyone(database, clock):
    with database.reading() as tx:
        return invitations.listing(tx, shown=Shown.ALL, now=clock())


def makes(worker, status=303, **changes):
    worker.browser.get(f"{LIST}new")
    return worker.browser.submit({**FIELDS, **changes}, status)


def page_of(worker, invitation, status=200):
    return worker.browser.get(f"{LIST}{invitation.id}", status)


def presses(worker, act, status=303):
    form = worker.browser.page.select_one(f'form[action$="/{act}"]')
    hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}
    return worker.browser.post(str(form["action"]), hidden, status)


def test_the_desk_makes_an_invitation_and_prints_its_slip(nina, database, clock):
    makes(nina)
    page = nina.browser.follow()
    (made,) = everyone(database, clock)
    assert "Zephyrine Quill" in page.heading
    assert made.token in page.body.decode()

    answer = nina.browser.client.get(f"{LIST}{made.id}/slip.pdf")

    assert answer.mimetype == "application/pdf"
    assert "Quill" not in str(answer.headers)
    (sheet,) = PdfReader(BytesIO(answer.data)).pages
    text = " ".join(sheet.extract_text().split())
    assert "For Zephyrine Quill. Your visit: April 1, 2026" in text
    assert f"http://localhost/i/ {made.token} The link is for you alone" in text
    assert "555-555-0100" in text
    assert not OF_HER.search(text)
    for word in ("pain", "symptom"):
        assert word not in text.casefold()


def test_two_presses_make_one_invitation(nina, database, clock):
    nina.browser.get(f"{LIST}new")
    form = nina.browser.page
    for _ in range(2):
        nina.browser.page = form
        nina.browser.submit(FIELDS)

    assert len(everyone(database, clock)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"birth_date": "soon"}, "birth_date"),
        ({"birth_date": "4/23/2031"}, "birth_date"),
        ({"appointment_on": "2/30/2026"}, "appointment_on"),
        ({"appointment_on": "3/1/2026"}, "appointment_on"),
        ({"email": "nobody"}, "email"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "mail", "email": "zq@example.org"}, "channel"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_is_kept(nina, database, clock, changes, field):
    page = makes(nina, 422, **changes)

    assert page.has(f'.error_summary a[href^="#{field}"]')
    typed = {**FIELDS, **changes}
    assert str(page.select_one("#phone")["value"]) == typed["phone"]
    assert everyone(database, clock) == []


def test_without_a_mail_server_the_page_says_what_is_missing_and_offers_the_slip(nina):
    page = nina.browser.get(f"{LIST}new")

    assert "no mail server is set" in page.body.decode()
    values = [str(tag["value"]) for tag in page.soup.select("[name=channel]")]
    assert values == ["slip"]


def test_the_list_says_how_far_each_has_come(app, nina, database, clock):
    waiting = invite(database, nina.member)
    begun = invite(database, nina.member)
    gone = invite(database, nina.member)
    actions.revoke(database, gone.id, by=nina.member, now=clock())
    someone = Browser(app)
    someone.get(f"/i/{begun.token}")
    someone.submit({})
    Patient(someone).agrees()

    assert _ids(nina.browser.get(LIST)) == [str(waiting.id)]
    assert _ids(nina.browser.get(f"{LIST}?show=begun")) == [str(begun.id)]
    assert "Form begun, not sent" in nina.browser.page.body.decode()
    assert _ids(nina.browser.get(f"{LIST}?show=over")) == [str(gone.id)]
    assert len(_ids(nina.browser.get(f"{LIST}?show=all"))) == 3


def _ids(page) -> list[str]:
    links = page.soup.select(".invitations th a")
    return [str(link["href"]).rpartition("/")[2] for link in links]


def test_the_list_goes_on_by_key(nina, database):
    made = [str(invite(database, nina.member).id) for _ in range(PAGE_ROWS + 2)]

    first = nina.browser.get(LIST)
    (more,) = [link for link in first.soup.select("nav a") if link.text == "Next page"]
    second = nina.browser.get(str(more["href"]))

    assert sorted(_ids(first) + _ids(second)) == sorted(made)
    assert nina.browser.get(f"{LIST}?after=x", 400)
    assert nina.browser.get(f"{LIST}?after={uuid4()}", 404)


def test_taking_an_invitation_back_shuts_its_link(app, nina, database, clock):
    made = invite(database, nina.member)
    page_of(nina, made)

    presses(nina, "revoke")

    assert kept(database, made.id).state(clock()) is State.REVOKED
    assert Browser(app).get(f"/i/{made.token}", 404)
    assert nina.browser.get(f"{LIST}{made.id}/slip.pdf", 409)
    assert made.token not in page_of(nina, made).body.decode()


def test_an_invitation_that_was_begun_meanwhile_is_not_taken_back(app, nina, database, clock):
    made = invite(database, nina.member)
    page_of(nina, made)
    someone = Browser(app)
    someone.get(f"/i/{made.token}")
    someone.submit({})
    Patient(someone).agrees()

    page = presses(nina, "revoke", 409)

    assert "begun meanwhile" in page.body.decode()
    assert kept(database, made.id).state(clock()) is State.SPENT


def test_a_new_link_opens_and_the_old_one_does_not_and_two_presses_make_one(
    app, nina, database, clock
):
    made = invite(database, nina.member)
    page = page_of(nina, made)
    for _ in range(2):
        nina.browser.page = page
        presses(nina, "new-link")

    (new,) = [each for each in everyone(database, clock) if each.id != made.id]
    assert (new.person, new.appointment_on) == (made.person, made.appointment_on)
    assert Browser(app).get(f"/i/{made.token}", 404)
    assert Browser(app).get(f"/i/{new.token}").has("main button")


def test_no_new_link_for_answers_that_were_sent_or_a_visit_that_is_over(app, nina, database, clock):
    sent, over = invite(database, nina.member), invite(database, nina.member)
    someone = Browser(app)
    someone.get(f"/i/{sent.token}")
    someone.submit({})
    patient = Patient(someone)
    patient.answers_everything()
    patient.sends()
    page = page_of(nina, sent)
    assert not page.has('form[action$="/new-link"]')
    token = nina.browser.token()
    again = nina.browser.post(f"{LIST}{sent.id}/new-link", {"csrf_token": token}, 409)
    assert "were sent" in again.body.decode()

    clock.forward(days=20)
    nina.signs_in()
    page_of(nina, over)
    assert "This day is over" in presses(nina, "new-link", 409).body.decode()


def test_a_patient_on_record_is_filled_in_and_named_by_id_only(nina, database, shelf, clock):
    Patients(database, shelf).sends()
    with database.reading() as tx:
        patient_id = intakes.listing(tx)[0].patient_id

    page = nina.browser.get(f"{LIST}new?patient={patient_id}")
    assert str(page.select_one("#name")["value"]) == "Alex Rivera"
    nina.browser.submit({"channel": "slip"})

    (made,) = everyone(database, clock)
    assert made.patient_id == patient_id
    assert made.person.name == "Alex Rivera"


def test_every_act_is_audited_by_whom_and_on_which(app, nina, database, clock):
    makes(nina)
    (made,) = everyone(database, clock)
    page_of(nina, made)
    nina.browser.client.get(f"{LIST}{made.id}/slip.pdf")
    page_of(nina, made)
    presses(nina, "revoke")

    with database.reading() as tx:
        rows = audit.trail(tx, subject=("invitation", made.id))
    acts = {row.action for row in rows}
    assert {"invitation.make", "invitation.view", "invitation.slip", "invitation.revoke"} <= acts
    assert {row.actor.id for row in rows} == {nina.member.id}
    assert "Quill" not in str(rows)


class TestByMail:
    """A clinic whose mail is set up."""

    @pytest.fixture
    def settings(self, tmp_path) -> Settings:
        return Settings(
            data=tmp_path / "data",
            key_file=tmp_path / "keys" / "clinic.key",
            smtp_url="smtp://127.0.0.1:9",
            public_url="https://intake.clinic.example",
            languages=("en", "es"),
        )

    def test_an_invitation_by_mail_waits_in_the_outbox(self, nina, database, clock):
        makes(nina, channel="mail", email="zq@example.org", language="es")

        (made,) = everyone(database, clock)
        assert (made.channel, made.language) == (Channel.MAIL, "es")
        with database.reading() as tx:
            assert outbox.waiting(tx) == 1
        page = nina.browser.follow()
        assert "The mail is about to go out" in page.body.decode()
        assert f"https://intake.clinic.example/es/i/{made.token}" in page.body.decode()

    @pytest.mark.parametrize("helps", ["takes it back", "prints the slip"])
    def test_a_mail_that_was_given_up_is_told_on_the_worklist_until_somebody_helps(
        self, nina, database, settings, clock, helps
    ):
        makes(nina, channel="mail", email="zq@example.org")
        (made,) = everyone(database, clock)
        for hours in range(0, 60, 3):
            work.work_once(settings, database, clock() + timedelta(hours=hours))
        nina.signs_in()

        page = nina.browser.get("/staff/")
        assert "1 invitation could not be mailed." in page.text
        listed = nina.browser.get(page.link("See the invitations"))
        assert "Check the address, call, or print the slip" in listed.text
        page_of(nina, made)
        if helps == "takes it back":
            presses(nina, "revoke")
        else:
            assert nina.browser.client.get(f"{LIST}{made.id}/slip.pdf").status_code == 200
            assert "did not go out" not in page_of(nina, made).text
        assert "could not be mailed" not in nina.browser.get("/staff/").text

    def test_mail_needs_an_address_and_a_channel_has_to_be_chosen(self, nina):
        assert makes(nina, 422, channel="mail").has('.error_summary a[href="#email"]')
        nina.browser.get(f"{LIST}new")
        fields = {name: value for name, value in FIELDS.items() if name != "channel"}
        assert nina.browser.submit(fields, 422).has('.error_summary a[href^="#channel"]')
