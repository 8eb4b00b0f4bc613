"""The receiving side: one referral by its link or short code, answered without an account."""

import io

import pytest
from structlog.testing import capture_logs
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from clinic.actions import referrals as acts
from clinic.actions import sharing as consents
from clinic.referral.attachment import MOST_BYTES
from clinic.referral.model import Event
from clinic.referral.states import Act, By, State
from clinic.store import attachments, audit, providers, referrals
from clinic.store.staff import Role
from clinic.triage.rules import Urgency
from clinic.web import security
from tests.web.browser import Browser, Page
from tests.web.loop import TERMS, Loop, Receiver
from tests.web.staff import Patients, Worker, hire

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
LETTER_WORDS = "Carries pianos"
REASON = {"words": "We have no room before the summer."}


@pytest.fixture
def loop(database, shelf, clock) -> Loop:
    return Loop(database, Patients(database, shelf).sends(), clock.now).sends()


@pytest.fixture
def office(app, loop) -> Receiver:
    return Receiver(Browser(app), loop.door)


@pytest.fixture
def other(app, loop) -> Receiver:
    """A colleague with the same link."""
    return Receiver(Browser(app), loop.door)


def attached(loop: Loop) -> list[attachments.Attachment]:
    with loop.database.reading() as tx:
        return attachments.all_of(tx, loop.kept.referral)


def to_the_report(office: Receiver) -> None:
    office.does("accept")
    office.does("report-seen", {"day": "3/17/2026"})
    office.opens()


def file(name: str, content: bytes) -> dict[str, object]:
    return {"file": FileStorage(io.BytesIO(content), filename=name)}


def test_the_letter_is_read_without_an_account(office, loop):
    page = office.opens()

    assert page.heading == f"Referral {loop.kept.referral.reference}"
    for words in (
        "Please teach the exercises.",
        LETTER_WORDS,
        "Mill Road Therapy",
        "To be seen by",
        "April 28, 2026",
        "Lee Park, clinician, March 17, 2026, 10:30 am",
        "You have not answered yet.",
    ):
        assert words in page.text, words


def test_the_page_speaks_the_language_of_its_address_and_the_letter_stays_as_signed(office, loop):
    english = office.opens()
    address = english.select_one("a.banner__language")["href"]
    page = office.browser.get(address)

    assert address == f"/es/r/{loop.door.token}"
    assert english.select_one("html")["lang"] == "en"
    assert page.select_one("html")["lang"] == "es"
    assert page.heading == f"Envío {loop.kept.referral.reference}"
    assert "Usted aún no ha contestado." in page.text
    assert "28 de abril de 2026" in page.text
    in_english = "".join(each.text for each in page.select("main [lang=en]"))
    for words in (LETTER_WORDS, "Please teach the exercises.", "Mill Road Therapy"):
        assert words in in_english, words
    assert not english.select("main [lang=en]")


def test_an_answer_goes_on_in_the_language_of_the_page(office, loop):
    page = office.browser.get(f"/es/r/{loop.door.token}")
    form = page.select_one("form[action$='/decline']")
    fields = {tag["name"]: tag["value"] for tag in form.select("[type=hidden]")}
    refused = office.browser.post(form["action"], fields, 422)

    assert refused.select_one("html")["lang"] == "es"
    link = refused.select_one("a.banner__language")["href"]
    assert office.browser.get(link, 303).location == f"/r/{loop.door.token}"
    answer = office.browser.post(form["action"], fields | REASON, 303)
    assert answer.location == f"/es/r/{loop.door.token}"


def test_hostile_words_of_a_patient_stay_words(office):
    page = office.opens()

    assert '<script>alert(1)</script> "quoted" & <b>bold</b>' in page.text
    assert not page.soup.select("main script, main b")


def test_the_short_code_leads_to_the_same_letter(office, loop):
    office.browser.get("/r/")
    office.browser.submit({"code": loop.door.code.lower().replace("-", " ")})

    assert LETTER_WORDS in office.browser.follow().text


def test_a_blank_code_is_asked_for_again(office):
    office.browser.get("/r/")
    page = office.browser.submit({"code": " "}, status=422)

    assert page.errors == ["Type the code that stands on the letter, such as 3K7Q9-M2RXD."]


def test_nothing_is_shown_before_it_was_signed_and_sent(app, database, shelf, clock):
    loop = Loop(database, Patients(database, shelf).sends(), clock.now).sends()
    loop.does(Act.FAIL)
    loop.does(Act.RETRY)

    page = Receiver(Browser(app), loop.door).opens(404)

    assert LETTER_WORDS not in page.text


def test_the_way_from_the_receipt_to_the_report(office, loop):
    assert "You have it" in office.does("acknowledge").text
    assert "You accepted." in office.does("accept").text
    page = office.does("book", {"day": "4/2/2026", "clock": "2:30 pm"})
    assert "April 2, 2026, 2:30 pm" in page.text
    assert "needs to be seen" not in page.text
    office.does("report-seen", {"day": "3/17/2026"})
    page = office.does("report", {"words": "Goes on with exercise."})

    assert page.heading == "Thank you"
    assert LETTER_WORDS not in page.text
    assert loop.state is State.REPORT_RECEIVED
    assert [event.by for event in loop.history][-5:] == [By.RECEIVER] * 5
    assert loop.history[-1].words == "Goes on with exercise."


def test_each_view_and_each_act_is_audited_as_the_receivers(office, loop):
    office.does("accept")
    with loop.database.reading() as tx:
        rows = audit.trail(tx, subject=("referral", loop.id))

    done = [row.action for row in rows if row.actor.kind == "receiver"]
    assert done == ["referral.read", "referral.accept", "referral.read"]


def test_a_decline_needs_a_reason_and_then_thanks(office, loop):
    office.opens()
    page = office.answers("decline", {"words": "  "}, status=422)
    assert page.errors == ["Write this in a few words."]
    assert page.has("#decline-words-error")
    office.answers("decline", REASON)
    page = office.browser.follow()

    assert loop.state is State.DECLINED
    assert loop.history[-1].words == REASON["words"]
    assert LETTER_WORDS not in page.text
    assert page.select("main form") == []


def test_a_question_and_its_answer_stand_on_the_page(office, loop):
    office.does("ask", {"words": "Which leg?"})
    loop.does(Act.ANSWER, "The left one.")
    page = office.opens()

    assert "Which leg?" in page.text
    assert "The left one." in page.text


def test_words_that_staff_wrote_for_themselves_stay_with_staff(office, loop):
    loop.does(Act.ASK, "Rang us, sounded cross.")
    page = office.opens()

    assert "cross" not in page.text


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"day": "", "clock": "2 pm"}, "Write the day like this: 3/17/2026."),
        ({"day": "2/30/2026", "clock": "2 pm"}, "Check the day. There is no such day."),
        ({"day": "4/2/2026", "clock": "late"}, "Write the time like this: 2:30 pm."),
        ({"day": "4/2/2026", "clock": "25:00"}, "Write the time like this: 2:30 pm."),
        (
            {"day": "3/17/2026", "clock": "10:30 am"},
            "This time is past. Write a day and a time that are still to come.",
        ),
    ],
)
def test_a_visit_that_cannot_be_read_is_asked_again_with_what_was_typed(office, typed, wrong):
    office.opens()
    page = office.answers("book", typed, status=422)

    assert page.errors == [wrong]
    assert page.select_one("#book-day")["value"] == typed["day"]
    assert page.select_one("#book-clock")["value"] == typed["clock"]


def test_a_visit_after_the_day_to_be_seen_by_is_taken_and_told(office, loop):
    page = office.does("book", {"day": "2026-06-01", "clock": "09:00"})

    assert loop.state is State.SCHEDULED
    assert "after the day by which the patient has to be seen" in page.text


def test_a_visit_to_come_is_not_one_that_was(office):
    office.opens()
    page = office.answers("report-seen", {"day": "3/18/2026"}, status=422)

    assert page.errors == ["This day is still to come. Report the visit once it was."]


def test_a_visit_that_was_moved_or_missed_is_booked_again(office, loop):
    office.does("book", {"day": "4/2/2026", "clock": "2 pm"})
    office.does("reschedule", {"words": "The therapist is ill."})
    assert loop.kept.referral.visit_at is None
    office.does("book", {"day": "4/3/2026", "clock": "2 pm"})
    office.does("miss")

    assert loop.state is State.NO_SHOW


def test_of_two_people_with_one_link_the_second_sees_what_the_first_said(office, other, loop):
    office.opens()
    other.opens()
    office.answers("accept")
    page = other.answers("decline", REASON, status=409)

    assert "Somebody answered meanwhile." in page.text
    assert "You accepted." in page.text
    assert page.select_one("#decline-words").text.strip() == REASON["words"]
    assert loop.state is State.ACCEPTED
    other.answers("decline", REASON)
    assert loop.state is State.DECLINED


def test_words_for_an_answer_that_is_gone_are_given_back(office, other, loop):
    office.opens()
    other.opens()
    office.answers("decline", REASON)
    page = other.answers("ask", {"words": "Which leg is it?"}, status=409)

    assert page.heading == "Thank you"
    assert "Which leg is it?" in page.select_one(".typed_back").text
    assert loop.history[-1].act is Act.DECLINE


def test_a_reply_after_the_cancellation_is_told_and_changes_nothing(office, loop):
    office.opens()
    loop.does(Act.REQUEST_CANCEL, "The patient moved away.")
    loop.does(Act.CANCEL, "The patient moved away.")
    page = office.answers("ask", {"words": "Which leg is it?"}, status=410)

    assert page.heading == "This referral has ended"
    assert "Which leg is it?" in page.select_one(".typed_back").text
    assert loop.state is State.CANCELLED
    assert office.opens(410).text.find(LETTER_WORDS) == -1


def test_a_code_of_an_ended_referral_says_so(office, loop):
    loop.does(Act.MARK_ERROR, "The wrong patient.")
    office.browser.get("/r/")
    page = office.browser.submit({"code": loop.door.code}, status=410)

    assert page.heading == "This referral has ended"
    assert loop.kept.referral.reference not in page.text


def test_unknown_expired_and_revoked_links_get_the_same_page(app, loop, clock):
    browser = Browser(app)
    unknown = browser.get("/r/this-is-no-link", 404).text
    acts.shut_door(loop.database, loop.id, by=loop.lee, now=clock.now)
    revoked = browser.get(f"/r/{loop.door.token}", 404).text
    fresh = acts.new_door(loop.database, loop.id, by=loop.lee, now=clock.now, terms=TERMS)
    clock.forward(days=90)
    expired = browser.get(f"/r/{fresh.token}", 404).text

    assert unknown == revoked == expired
    assert "555-555-0100" in unknown


def test_a_link_that_was_told_on_never_says_that_the_referral_ended(app, loop, clock):
    acts.shut_door(loop.database, loop.id, by=loop.lee, now=clock.now)
    clock.forward(minutes=1)
    loop.now = clock.now
    loop.does(Act.MARK_ERROR, "The wrong patient.")

    assert Browser(app).get(f"/r/{loop.door.token}", 404).heading == "Nothing opens here"


def test_who_answers_by_a_link_that_was_shut_meanwhile_gets_the_words_back(office, loop, clock):
    office.opens()
    acts.shut_door(loop.database, loop.id, by=loop.lee, now=clock.now)
    page = office.answers("book", {"day": "4/2/2026", "clock": "2 pm"}, status=404)

    assert page.heading == "Nothing opens here"
    assert "4/2/2026 2 pm" in page.select_one(".typed_back").text
    assert LETTER_WORDS not in page.text


def test_an_emergency_is_to_be_seen_now_and_not_by_the_end_of_the_day(app, database, shelf, clock):
    loop = Loop(database, Patients(database, shelf).sends(), clock.now)
    loop.id = loop.starts(Urgency.EMERGENCY_NOW)
    loop.sends()

    assert "Now, without waiting for the letter" in Receiver(Browser(app), loop.door).opens().text


def test_a_provider_that_was_removed_meanwhile_can_still_answer(office, loop, clock):
    with loop.database.writing() as tx:
        providers.remove(tx, loop.provider.id, version=1, now=clock.now)

    assert "You accepted." in office.does("accept").text


@pytest.mark.parametrize(("field", "path"), [("code", "/r/"), ("link", "/r/guess-{}")])
def test_guessing_runs_into_a_limit_and_says_how_long_to_wait(app, field, path):
    browser = Browser(app)
    statuses = []
    for number in range(32):
        if field == "link":
            page = browser.get(path.format(number), None)
        else:
            browser.get("/r/")
            page = browser.submit({"code": f"22222-2222{number % 10}"}, None)
        statuses.append(page.status)

    assert statuses.index(429) == (10 if field == "code" else 30)
    assert "Wait 15 minutes" in page.text
    assert int(page.headers["Retry-After"]) > 0


def test_right_links_and_codes_are_not_counted_as_guesses(office, loop):
    for _ in range(31):
        office.opens()
    for _ in range(11):
        office.browser.get("/r/")
        office.browser.submit({"code": loop.door.code})


def test_a_history_cannot_be_filled_up(office):
    statuses = set()
    for _ in range(11):
        office.opens()
        visit = {"day": "4/2/2026", "clock": "2 pm"}
        statuses.add(office.answers("book", visit, None).status)
        if 429 not in statuses:
            office.opens()
            statuses.add(office.answers("reschedule", {"words": "Again."}, None).status)

    assert statuses == {303, 429}


def test_a_pdf_is_kept_sealed_and_taken_out_by_a_clinician_as_a_download(app, office, loop):
    to_the_report(office)
    office.answers("report", file("../../note <b>.pdf", PDF))
    (kept,) = attached(loop)
    path = f"/staff/referrals/{loop.id}/attachments/{kept.id}"
    clinician = Worker(app, hire(loop.database, "kim", Role.CLINICIAN)).signs_in()
    answer = clinician.browser.client.get(path)

    assert kept.name == "note <b>.pdf"
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="referral-report.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with loop.database.reading() as tx:
        row = tx.execute(attachments.table.select()).one()
        assert "referral.attachment" in {
            each.action for each in audit.trail(tx, subject=("referral", loop.id))
        }
    assert PDF not in row.sealed_content
    assert b"note" not in row.sealed_name


def test_the_front_desk_and_the_receiver_take_no_file_out(app, office, loop):
    to_the_report(office)
    office.answers("report", {"words": "See the note.", **file("note.txt", b"All well.")})
    (kept,) = attached(loop)
    path = f"/staff/referrals/{loop.id}/attachments/{kept.id}"
    desk = Worker(app, hire(loop.database, "ortiz", Role.FRONT_DESK)).signs_in()

    assert desk.browser.client.get(path).status_code == 403
    assert office.browser.client.get(path).status_code == 303


def test_a_file_opens_only_under_its_own_referral(app, office, loop):
    to_the_report(office)
    office.answers("report", file("note.pdf", PDF))
    (kept,) = attached(loop)
    clinician = Worker(app, hire(loop.database, "kim", Role.CLINICIAN)).signs_in()

    clinician.browser.get(f"/staff/referrals/{loop.starts()}/attachments/{kept.id}", 404)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("note.pdf", b"<html>no pdf</html>", "This file is named a PDF and is none."),
        ("note.pdf", b"%PDF-1.7 torn off", "This PDF is not whole"),
        ("note.txt", PDF, "This file is named a plain text and is none."),
        ("note.txt", b"\xff\xfe\x00bin", "This file is named a plain text and is none."),
        ("note.docx", b"PK\x03\x04", "Attach a PDF, or a plain text"),
        ("note", b"All well.", "Attach a PDF, or a plain text"),
        ("note.pdf", b"", "This file is empty."),
    ],
)
def test_a_mislabelled_file_is_told_and_the_words_are_kept(office, loop, name, content, words):
    to_the_report(office)
    page = office.answers("report", {"words": "As attached.", **file(name, content)}, status=422)

    assert [words in error for error in page.errors] == [True]
    assert page.select_one("#report-words").text.strip() == "As attached."
    assert loop.state is State.SEEN
    assert attached(loop) == []


def sends_whole(office: Receiver, fields: dict[str, object]) -> Page:
    """Send a report whose body is made at once: the test client's own spools to a file."""
    form = office.browser.page.select_one('form[action$="/report"]')
    hidden = {tag["name"]: tag["value"] for tag in form.select("[type=hidden]")}
    boundary, body = encode_multipart({**hidden, **fields})
    kind = f"multipart/form-data; boundary={boundary}"
    path = str(form["action"])
    return Page(path, office.browser.client.post(path, data=body, content_type=kind))


def test_a_file_of_fifty_megabytes_gets_a_clear_page_that_keeps_the_words(office, loop):
    to_the_report(office)
    big = PDF + b"x" * (50 * 1024 * 1024)
    page = sends_whole(office, {"words": "As attached.", **file("big.pdf", big)})

    assert page.status == 413
    assert "This file is larger than 10 MB. Attach a smaller one." in page.text
    assert page.select_one("#report-words").text.strip() == "As attached."
    assert loop.state is State.SEEN


@pytest.mark.parametrize(("more", "status"), [(0, 303), (1, 422)])
def test_a_file_is_taken_up_to_the_largest_size(office, loop, more, status):
    to_the_report(office)
    end = b"\n%%EOF\n"
    scan = PDF + b" " * (MOST_BYTES + more - len(PDF) - len(end)) + end
    page = sends_whole(office, file("scan.pdf", scan))

    assert page.status == status
    assert [kept.size_bytes for kept in attached(loop)] == ([] if more else [MOST_BYTES])


def test_no_other_answer_may_be_that_large(office, loop):
    office.opens()
    page = office.answers("decline", {"words": "x" * (2 * 1024 * 1024)}, status=413)

    assert page.heading
    assert loop.state is State.SENT


def test_an_empty_report_is_asked_for_again(office):
    to_the_report(office)
    page = office.answers("report", {"words": ""}, status=422)

    assert page.errors == ["Write the report, or attach it."]


def test_when_time_ran_out_what_was_typed_is_kept_to_be_sent_once_more(office, loop):
    office.opens()
    page = office.answers("decline", {**REASON, "csrf_token": "old"}, status=400)

    assert page.select_one("#decline-words").text.strip() == REASON["words"]
    assert loop.state is State.SENT
    office.answers("decline", REASON)
    assert loop.state is State.DECLINED


def test_a_post_from_another_site_is_refused_and_gets_nothing_back(office, loop):
    office.opens()
    page = office.answers("decline", REASON, status=400, headers={"Origin": "https://evil.example"})

    assert REASON["words"] not in page.text
    assert LETTER_WORDS not in page.text
    assert loop.state is State.SENT


def test_the_address_of_an_answer_leads_back_to_the_page(office):
    assert office.browser.get(f"{office.address}/accept", 303).location == office.address
    office.browser.get(f"{office.address}/close", 404)


@pytest.mark.parametrize("act", ["request-cancel", "cancel", "close", "answer", "keep"])
def test_the_other_side_does_nothing_else(office, loop, act):
    office.opens()
    office.browser.post(f"{office.address}/{act}", {"words": "Now", "version": "4"}, 404)

    assert loop.state is State.SENT


def test_a_version_that_is_no_number_is_refused(office):
    office.opens()
    office.answers("accept", {"version": "x"}, status=400)


def test_the_page_leaks_no_token(office, loop):
    page = office.opens()

    assert page.headers["Referrer-Policy"] == security.SAME_FOR_ALL["Referrer-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert loop.door.token not in page.title
    foreign = [a["href"] for a in page.select("a[href]") if str(a["href"]).startswith("http")]
    assert foreign == []


def test_a_fault_is_logged_without_the_token(app, loop):
    app.testing = False
    with loop.database.writing() as tx:
        tx.execute(referrals.table.update().values(sealed_letter=b"torn"))
    with capture_logs() as logs:
        page = Browser(app).get(f"/r/{loop.door.token}", 500)

    assert {entry["route"] for entry in logs} == {"/r/<token>"}
    assert [entry["event"] for entry in logs] == ["incident", "request"]
    assert loop.door.token not in str(logs)
    assert loop.door.token not in page.text


def test_a_clock_that_was_set_back_breaks_nothing(office, loop, clock):
    office.does("accept")
    clock.forward(days=-2)
    office.does("book", {"day": "4/2/2026", "clock": "2 pm"})

    history: list[Event] = loop.history
    assert [event.act for event in history][-2:] == [Act.ACCEPT, Act.BOOK]
    assert history[-1].at >= history[-2].at
    assert loop.state is State.SCHEDULED


def test_nothing_is_shown_once_the_patient_took_the_consent_back_even_if_it_is_given_again(
    office, loop
):
    assert LETTER_WORDS in office.opens().text
    consents.withdraw(
        loop.database, loop.intake_id, service="physical-therapy", by=loop.lee, now=loop.now
    )

    assert LETTER_WORDS not in office.opens(404).text

    consents.agree(
        loop.database,
        loop.intake_id,
        service="physical-therapy",
        scope="the letter",
        how="said",
        by=loop.lee,
        now=loop.now,
    )
    assert LETTER_WORDS not in office.opens(404).text
