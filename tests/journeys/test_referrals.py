"""The loop of a referral, from the letter to the patient who is told; and what goes wrong on it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.conftest import Waiting
from tests.journeys.referring import QUESTION, Receiver, Referral, chooses

pytestmark = pytest.mark.journey

SPINE = "Sampletown Spine Clinic (demo)"
OTHER_SPINE = "Harborlight Hospital (demo), spine clinic"


def us(day: date) -> str:
    """Give a day as people here type it."""
    return f"{day.month}/{day.day}/{day.year}"


def sent_to_the_spine_clinic(room: Waiting, name: str) -> tuple[Referral, Receiver]:
    """A letter that a clinician signed and sent, open before the one who got it."""
    clinician = room.staff("clinician")
    clinician.looks_up(name)
    referral = Referral.begun(clinician, "spine-clinic", SPINE)
    referral.is_signed()
    referral.is_sent()
    receiver = room.receiver()
    receiver.opens_the_letter(referral.code)
    return referral, receiver


def test_a_clinician_signs_a_letter_and_the_spine_clinic_books(waiting_room: Waiting) -> None:
    patient = waiting_room.patient()
    patient.sends_everything("Sabina Sent")

    referral, spine_clinic = sent_to_the_spine_clinic(waiting_room, "Sabina Sent")
    spine_clinic.sees("Sabina Sent")
    spine_clinic.sees(QUESTION)
    spine_clinic.answers("Accept", "Accept this referral")
    today = datetime.now(ZoneInfo("America/New_York")).date()
    visit = today + timedelta(days=4)
    spine_clinic.answers("Book a visit", "Save the visit", day=us(visit), clock="2:30 pm")

    desk = waiting_room.staff("front_desk")
    referral.opens(desk)
    assert QUESTION not in desk.words
    referral.notes("The patient was told")
    patient.asks_how_it_stands()
    patient.sees("They will see you on")

    spine_clinic.answers("Report the patient as seen", "Report as seen", day=us(today))
    spine_clinic.attaches("Report back", "report.pdf")
    spine_clinic.answers("Report back", "Send the report", words="No pressed nerve found.")
    assert "Sabina Sent" not in spine_clinic.words

    clinician = waiting_room.staff("clinician")
    referral.opens(clinician)
    clinician.sees("No pressed nerve found.")
    file = clinician.page.get_by_role("link", name="report.pdf").get_attribute("href")
    sent = clinician.context.request.get(f"{clinician.base}{file}")
    assert sent.headers["content-disposition"].startswith("attachment")
    assert sent.body().startswith(b"%PDF-")
    referral.notes("Reviewed, and the patient told", "Exercise in a group. Told on the phone.")
    patient.asks_how_it_stands()
    patient.sees("You were seen, and we talked with you.")


@pytest.mark.proof
def test_a_referral_goes_overdue_and_is_sent_elsewhere(waiting_room: Waiting) -> None:
    """Each run: `test_the_overdue_stand_on_top_and_say_so` and
    `test_a_declined_one_is_sent_elsewhere_with_its_letter` in tests/web/test_referrals.py, and
    `test_one_that_was_sent_elsewhere_gives_way_to_the_new_one` in tests/web/test_next_steps.py.
    """
    desk = waiting_room.staff("front_desk")
    desk.opens("/staff/referrals/")
    late = desk.page.locator("section").filter(has=desk.page.locator("#overdue"))
    late.get_by_role("link", name="Abdul-Rahman Siddiqui-Castellanos", exact=True).click()
    desk.page.wait_for_load_state()
    desk.looks()
    late_one = Referral(desk)
    late_one.notes("Send elsewhere", "Nobody answered for four days.")
    elsewhere = Referral(desk)
    assert elsewhere.place != late_one.place
    desk.presses("Change what is asked, or who receives it")
    chooses(desk, OTHER_SPINE)
    desk.presses("Save")

    elsewhere.opens(waiting_room.staff("clinician"))
    elsewhere.is_signed()
    elsewhere.is_sent()

    elsewhere.staff.sees(OTHER_SPINE)
    receiver = waiting_room.receiver()
    receiver.opens_the_letter(elsewhere.code)
    receiver.sees("Abdul-Rahman Siddiqui-Castellanos")
    desk.opens("/staff/referrals/")
    late = desk.page.locator("section").filter(has=desk.page.locator("#overdue"))
    assert not late.get_by_text("Abdul-Rahman").count()
    late_one.opens()
    desk.sees("Sent elsewhere as")


@pytest.mark.proof
def test_the_receiver_declines(waiting_room: Waiting) -> None:
    """Each run: `test_a_decline_needs_a_reason_and_then_thanks` in tests/web/test_receiving.py,
    `test_each_state_is_told_in_plain_words` in tests/web/test_next_steps.py, and
    `test_the_list_is_narrowed_by_state_service_and_owner` in tests/web/test_referrals.py.
    """
    patient = waiting_room.patient(javascript=False)
    patient.sends_everything("Dorit Declined")
    referral, spine_clinic = sent_to_the_spine_clinic(waiting_room, "Dorit Declined")

    spine_clinic.answers("Decline", "Decline this referral")
    spine_clinic.sees("Write this in a few words.")
    spine_clinic.answers("Decline", "Decline this referral", words="No place before June.")
    assert "Dorit Declined" not in spine_clinic.words

    desk = waiting_room.staff("front_desk")
    desk.opens("/staff/referrals/?state=declined")
    desk.sees("Dorit Declined")
    patient.asks_how_it_stands()
    patient.sees("We are asking someone else.")
    referral.opens()
    referral.staff.sees("No place before June.")
