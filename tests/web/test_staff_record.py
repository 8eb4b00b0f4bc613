"""The record of one person: since last time, trends, places, and what the front desk may see."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from clinic.actions.amendments import add_to_sent
from clinic.referral.states import Act
from clinic.store import audit, intakes, same_person
from clinic.store.staff import Role
from tests.web.loop import Loop
from tests.web.staff import BEFORE, EMERGENCY, SAME_DAY, ZONE, Patients, Worker, hire

FIRST = BEFORE - timedelta(days=42)


@pytest.fixture
def patients(database, shelf) -> Patients:
    return Patients(database, shelf)


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz")).signs_in()


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()


@pytest.fixture
def twice(database, patients, clinician):
    """Two intakes of one confirmed person, six weeks apart; the later one's patient."""
    first = patients.sends({"pain-now": 7, "body-map": ["low_back_left"]}, at=FIRST)
    second = patients.sends({**SAME_DAY, "pain-now": 3, "body-map": ["calf_left"]})
    with database.writing() as tx:
        one, other = (intakes.facts(tx, each).patient_id for each in (first, second))
        same_person.confirm(tx, one, other, by=clinician.member.id, now=BEFORE)
    return first, second, other


def opens(worker, patient_id):
    return worker.browser.get(f"/staff/patients/{patient_id}")


def patient_of(database, intake_id):
    with database.reading() as tx:
        return intakes.facts(tx, intake_id).patient_id


def test_a_clinician_reads_what_is_different_since_last_time(clinician, twice):
    page = opens(clinician, twice[2])

    since = page.select_one(".since").get_text(" ")
    assert page.heading == "Alex Rivera"
    assert "Since last time, February 3, 2026" in page.text
    assert "Same day now: up." in since or "same day now: up." in since
    assert "7 to 3, better" in since
    assert "New: " in since
    assert 3 <= len(page.select(".since__line")) <= 5


def test_each_measure_is_a_line_on_its_full_scale_with_a_table_and_a_source(clinician, twice):
    page = opens(clinician, twice[2])

    trend = page.select_one('[aria-labelledby="trend-nprs-now"]')
    words = " ".join(trend.get_text(" ").split())
    assert "0 to 10, higher = worse. A change of 2 points or 30% matters (" in words
    assert len(trend.select("circle.trend__point")) == 2
    assert len(trend.select("circle.trend__ring")) == 1
    assert (
        "7 on February 3, 2026, then 3 on March 17, 2026" in trend.select_one("svg")["aria-label"]
    )
    assert len(trend.select("tbody tr")) == 2
    assert not page.select("[style]")


def test_when_a_receiver_saw_the_patient_is_marked_between_two_scores(database, clinician, twice):
    loop = Loop(database, twice[0], FIRST + timedelta(days=1)).sends()
    loop.does(Act.ACCEPT)
    loop.does(Act.REPORT_SEEN, visit_at=FIRST + timedelta(days=1))

    trend = opens(clinician, twice[2]).select_one('[aria-labelledby="trend-nprs-now"]')

    assert len(trend.select("path.trend__mark")) == 1
    assert "A: Seen: Physical therapy, February 4, 2026" in trend.get_text(" ", strip=True)


def test_a_small_change_has_no_ring(database, patients, clinician):
    first = patients.sends({"pain-now": 7}, at=FIRST)
    second = patients.sends({"pain-now": 6})
    with database.writing() as tx:
        one, other = (intakes.facts(tx, each).patient_id for each in (first, second))
        same_person.confirm(tx, one, other, by=clinician.member.id, now=BEFORE)

    trend = opens(clinician, other).select_one('[aria-labelledby="trend-nprs-now"]')
    assert not trend.select("circle.trend__ring")


def test_the_picture_now_stands_beside_the_last_with_words(clinician, twice):
    page = opens(clinician, twice[2])

    captions = [" ".join(tag.get_text(" ").split()) for tag in page.select("figcaption")]
    assert captions[0].startswith("Now:")
    assert captions[1].startswith("Last time, February 3, 2026:")
    assert len(page.select("path.body_marks__place")) == 2


def test_each_intake_leads_to_its_full_answers_with_version_and_language(clinician, twice):
    page = opens(clinician, twice[2])

    for intake_id in twice[:2]:
        assert page.has(f'a[href="/staff/intakes/{intake_id}"]')
    told = page.select_one("table:has(caption)").get_text(" ", strip=True)
    assert told.count("1.0.0, English") == 2


def test_the_record_stands_in_the_order_in_which_a_clinician_reads(clinician, twice):
    page = opens(clinician, twice[2])

    order = [
        *(".identity", "#flags", "#since", "#trends", "#places", ".every_answer", "#happened"),
        "#next",
    ]
    all_tags = page.soup.find_all(True)
    places = [all_tags.index(page.select_one(part)) for part in order]
    assert places == sorted(places)


def test_each_red_flag_of_the_newest_intake_has_answer_time_and_state(clinician, twice):
    flags = opens(clinician, twice[2]).select_one(".red_flag").get_text(" ", strip=True)

    assert "Same day State: Open" in flags
    assert "8:40 am" in flags

    clinician.opens(twice[1])
    clinician.does("outcome", outcome="seen_today")
    flags = opens(clinician, twice[2]).select_one(".red_flag").get_text(" ", strip=True)
    assert "State: Seen today, 10:30 am" in flags


def test_notes_and_levels_stand_in_the_timeline_of_the_record_for_clinicians_alone(
    clinician, desk, twice
):
    opens(clinician, twice[2])
    clinician.does("notes", text="Walks a mile again.")
    opens(clinician, twice[2])
    clinician.opens(twice[1])
    clinician.does("level", urgency="urgent_2wk", reason="Talked at length.")

    told = opens(clinician, twice[2]).select_one(".timeline").get_text(" ", strip=True)
    assert "Walks a mile again." in told
    assert "to Within 2 weeks Talked at length." in told
    assert "Walks a mile" not in opens(desk, twice[2]).body.decode()
    assert not opens(desk, twice[2]).has('form[action$="/notes"]')


def test_allergies_that_nobody_answered_are_not_told_as_none(database, clinician, patients):
    stopped = clinician.opens(patients.drafts({**EMERGENCY, "allergies": None}))
    sent = opens(clinician, patient_of(database, patients.sends()))

    assert "Allergies: not answered" in stopped.select_one(".identity").get_text(" ", strip=True)
    assert "Allergies: none reported" in sent.select_one(".identity").get_text(" ", strip=True)


def test_the_record_leads_to_an_invitation_that_names_the_patient_by_id_alone(desk, twice):
    place = opens(desk, twice[2]).link("Invite to the next visit")

    assert place.startswith("/staff/invitations/new?patient=")
    assert str(desk.browser.get(place).select_one("#name")["value"]) == "Alex Rivera"


def test_whoever_opens_a_record_is_kept_with_every_intake_that_was_opened(
    database, clinician, twice
):
    opens(clinician, twice[2])

    with database.reading() as tx:
        of_patient = [row.action for row in audit.trail(tx, subject=("patient", twice[2]))]
        of_first = [row.action for row in audit.trail(tx, subject=("intake", twice[0]))]
    assert "patient.view" in of_patient
    assert "intake.compare" in of_first


def test_the_front_desk_reads_who_and_when_and_no_answer(desk, twice):
    page = opens(desk, twice[2])

    assert page.soup.html["lang"] == "en"
    assert "Alex Rivera" in page.text
    assert "555-555-0142" in page.text
    assert len(page.select("tbody tr")) == 2
    for part in (".since", ".trend", ".body_marks"):
        assert not page.has(part)
    for words in ("higher = worse", "Calf", "calf", "Red flags", "Allergies"):
        assert words not in page.body.decode()


def test_one_intake_alone_is_compared_with_nothing(database, clinician, patients):
    page = opens(clinician, patient_of(database, patients.sends()))

    assert "One intake so far" in page.text
    assert not page.has(".trend")


def test_a_record_that_nobody_confirmed_is_proposed_and_not_compared(database, clinician, patients):
    patients.sends(at=FIRST)
    page = opens(clinician, patient_of(database, patients.sends()))

    assert "1 other record may be this person." in page.text
    assert len(page.select("table caption + thead + tbody tr")) == 1


def test_an_addition_that_nobody_read_is_told(database, clinician, patients):
    intake_id = patients.sends()
    add_to_sent(database, intake_id, "I forgot.", once="a", now=BEFORE, zone=ZONE)

    page = opens(clinician, patient_of(database, intake_id))
    assert "Added since, not read: 1" in page.text
    assert "I forgot." not in page.text


def test_the_intakes_own_page_tells_what_is_different_too(clinician, desk, twice):
    page = clinician.opens(twice[1])

    lines = [tag.get_text(" ") for tag in page.select(".since__line")]
    assert any("now: up." in line for line in lines)
    assert any("New: Left calf" in line for line in lines)
    pictures = [" ".join(tag.get_text(" ").split()) for tag in page.select("figcaption")]
    assert pictures == ["Now: Left calf", "Last time, February 3, 2026: Left low back"]
    assert not desk.opens(twice[1]).has(".since")


# --- the room sheet ------------------------------------------------------------------


def paper(worker, intake_id):
    page = worker.browser.get(f"/staff/intakes/{intake_id}/room-sheet.pdf")
    return PdfReader(BytesIO(page.body)).pages


@pytest.mark.parametrize("changes", [{}, {"pain-story": "So it began. " * 100, **SAME_DAY}])
def test_the_room_sheet_is_one_page(database, clinician, patients, changes):
    pages = paper(clinician, patients.sends({**changes, "allergies": ["latex"]}))

    words = " ".join(pages[0].extract_text().split())
    assert len(pages) == 1
    assert "Already answered: do not ask again" in words
    assert "Latex" in words


def test_the_room_sheet_is_for_clinicians_and_kept_in_the_audit(
    database, clinician, desk, patients
):
    intake_id = patients.sends()
    paper(clinician, intake_id)
    desk.browser.get(f"/staff/intakes/{intake_id}/room-sheet.pdf", 403)

    with database.reading() as tx:
        acts = [row.action for row in audit.trail(tx, subject=("intake", intake_id))]
    assert acts.count("intake.room_sheet") == 1
