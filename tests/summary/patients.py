"""Three believable patients on the shipped questionnaire, and their summaries. All made up."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from clinic.intake import Consent, Intake
from clinic.library.places import content_dir
from clinic.library.rulebook import read_rulebook
from clinic.library.summaries import read_summary_plan
from clinic.summary.build import build_summary
from clinic.summary.lines import SummaryPlan
from clinic.summary.model import ClinicDetails, Summary
from clinic.triage.assess import assess_intake
from clinic.triage.guidance import RuleBook
from clinic.triage.rules import RuleSet
from tests.make import make_intake, shipped_questionnaire

ZONE = ZoneInfo("America/New_York")
SENT = datetime(2026, 11, 23, 13, 42, tzinfo=UTC)
CLINIC = ClinicDetails(
    name="Example Spine Clinic",
    phone="555-555-0100",
    emergency_number="911",
    crisis_line="988",
)

NO_TO_ALL: Mapping[str, Any] = {
    **dict.fromkeys(
        [
            *("chest-now", "arm-jaw", "sudden-severe", "faint", "leg-pain", "both-legs"),
            *("leg-numb", "saddle-numb", "pee-change", "poop-change", "sex-change", "leg-weak"),
            *("legs-weak", "unsteady", "pain-constant", "pain-nights", "major-injury"),
            *("minor-fall", "lift-cough", "high-bp", "aneurysm", "leg-swollen", "leg-cold"),
            *("cancer-ever", "fever", "chills", "unwell", "weight-loss", "rash", "tb-contact"),
            *("eye-now", "takes-medicines", "had-surgery", "had-treatment", "walk-legs"),
            *("interpreter", "claim", "regen-interest"),
        ],
        "no",
    ),
    **dict.fromkeys(
        [
            *("very-ill", "infection-risk", "belly-signs", "bone-facts", "blood-thinner"),
            *("health-facts", "spine-device", "allergies", "implants", "past-scans"),
            *("back-facts", "surgery-12-weeks", "new-joints", "move-limits", "head-facts"),
            *("belly-facts", "access-needs", "morning-stiffness"),
        ],
        "none",
    ),
    "spine-procedure": "never",
    "smoke-ever": "never",
    "walk-now": "yes",
    "earlier-attacks": "once-or-twice",
}

PLAIN: Mapping[str, Any] = {
    **NO_TO_ALL,
    "who-answers": "me",
    "full-name": "Rosa Delgado",
    "birth-date": "1984-06-17",
    "sex-at-birth": "female",
    "phone": "(555) 555-0147",
    "email": "rosa.delgado@example.org",
    "address-street": "14 Mill Road",
    "address-city": "Springfield",
    "address-state": "MA",
    "address-zip": "01101",
    "preferred-contact": "text-message",
    "emergency-name": "Luis Delgado (husband)",
    "emergency-phone": "(555) 555-0148",
    "primary-care": "Dr. Amy Chen, Mill Road Family Practice",
    "insurance": "Bay State Health, 4471-22-0913",
    "language": "en",
    "pain-where": ["low-back", "buttock"],
    "pain-duration": "6-to-12-weeks",
    "pain-change": "same",
    "pain-now": 4,
    "pain-worst": 7,
    "pain-best": 2,
    "pain-start": "one-day",
    "lift-cough": "yes",
    "pain-story": "I lifted a box of books out of the car. It caught me low on the right side.",
    "body-map": ["low_back_right", "buttock_lower_right"],
    "pain-feels": ["ache", "stiff"],
    "pain-worse-with": ["bend", "sit", "lift"],
    "pain-better-with": ["walk", "heat-cold"],
    "morning-stiffness": "under-30-minutes",
    "takes-medicines": "yes",
    "medicines.0.medicine-name": "Ibuprofen",
    "medicines.0.medicine-dose": "400 mg, 2 or 3 times a week",
    "had-treatment": "yes",
    "treatments.0.treatment-name": "Physical therapy",
    "treatments.0.treatment-length": "4 weeks",
    "treatments.0.treatment-effect": "helped-some",
    "pregnant": "no",
    "missed-period": "no",
    "birth-recent": "no",
    "peg-pain": 5,
    "peg-enjoyment": 4,
    "peg-activity": 5,
    "activities.0.activity-name": "Lift my 3-year-old",
    "activities.0.activity-score": 4,
    "activities.1.activity-name": "Sit through a work meeting",
    "activities.1.activity-score": 5,
    "rmdq": ["item-2", "item-5", "item-11", "item-14", "item-21"],
    "phq4-nervous": "several-days",
    "phq4-worry": "not-at-all",
    "phq4-interest": "not-at-all",
    "phq4-down": "not-at-all",
    "goals": "Pick up my son without fear, and get back to swimming.",
    "worries": "That a disc is damaged and it will not heal.",
    "question-1": "Which exercises are safe for me?",
    "question-2": "Do I need a scan?",
    "question-3": "When can I swim again?",
    "job": "School librarian",
    "work-now": "lighter",
    "share-consent": "yes",
}

EMERGENCY: Mapping[str, Any] = {
    **NO_TO_ALL,
    "who-answers": "helped",
    "helper-name": "Karen Whitfield",
    "helper-relation": "daughter",
    "full-name": "Harold Whitfield",
    "birth-date": "1955-02-03",
    "sex-at-birth": "male",
    "phone": "(555) 555-0162",
    "language": "en",
    "access-needs": ["walker", "companion"],
    "walk-now": "slow-pain",
    "leg-pain": "below-knee",
    "both-legs": "yes",
    "both-legs-kind": ["below-knees", "numb"],
    "both-legs-course": "start-2-weeks",
    "saddle-numb": "yes",
    "saddle-touch": "dull",
    "saddle-numb-course": "start-2-weeks",
    "pee-change": "yes",
    "cannot-pee": "no",
    "pee-kind": ["cant-start", "no-feel"],
    "pee-change-course": "start-2-weeks",
    "sex-change": "rather-not-say",
    "leg-weak": "yes",
    "weak-kind": ["cant-lift"],
    "leg-weak-course": "worse-days",
    "leg-numb": "not-sure",
    "pain-where": ["low-back", "leg"],
    "pain-duration": "2-to-4-weeks",
    "pain-change": "worse",
    "pain-now": 8,
    "leg-pain-now": 9,
    "pain-constant": "yes",
    "pain-nights": "yes",
    "body-map": ["low_back_left", "low_back_right", "buttock_lower_left", "buttock_lower_right"],
    "pain-feels": ["shock", "tingling"],
    "pain-worse-with": ["sit", "cough"],
    "pain-better-with": ["none"],
    "cancer-ever": "yes",
    "cancer-when": "over-5-years",
    "cancer-kind": "prostate",
    "pain-strain": "yes",
    "band-pain": "no",
    "blood-thinner": ["thinner"],
    "thinner-name": "Eliquis",
    "thinner-last-dose": "this morning",
    "high-bp": "controlled",
    "smoke-ever": "past",
    "takes-medicines": "yes",
    "medicines.0.medicine-name": "Eliquis",
    "medicines.0.medicine-dose": "5 mg twice a day",
    "medicines.1.medicine-name": "Lisinopril",
    "medicines.1.medicine-dose": "10 mg in the morning",
    "medicines.2.medicine-name": "Acetaminophen",
    "allergies": ["antibiotic"],
    "allergy-details": "Penicillin: hives all over in 1998.",
    "peg-pain": 8,
    "goals": "Feel my legs again.",
    "worries": "That I will end up in a wheelchair.",
    "question-1": "Is this an emergency?",
}

LONG_TEXT = (
    "It began in the spring of 2019 when I still drove the delivery van. First it was only stiff "
    "in the morning, then it would not let go by noon, and by the summer I could not sit through "
    "one shift. I saw three doctors and each one told me something else. "
) * 6

LONG: Mapping[str, Any] = {
    **PLAIN,
    "full-name": "Maximiliana Konstantinopoulou-Featherstonehaugh",
    "birth-date": "1949-01-30",
    "access-needs": ["wheelchair", "hearing", "sight", "ride"],
    "pain-duration": "over-5-years",
    "pain-days": "every-day",
    "first-age": 41,
    "inflam-facts": ["wakes-late", "eases-moving", "pills-help"],
    "pain-story": LONG_TEXT,
    "body-map": ["low_back_left", "low_back_right", "buttock_lower_right", "upper_back_left"],
    "pain-where": ["low-back", "mid-back", "upper-back", "buttock", "leg", "neck"],
    "leg-pain": "above-knee",
    "leg-worse-bend": "yes",
    "leg-worse-back": "not-sure",
    "walk-legs": "yes",
    "weight-loss": "not-sure",
    "bone-facts": ["osteoporosis", "steroids-3-months"],
    "health-facts": ["diabetes"],
    "back-facts": ["stenosis", "disc"],
    "minor-fall": "yes",
    "hit-head": "no",
    "past-scans": ["x-ray", "mri"],
    "scan-details": "MRI in 2021 at the county hospital; X-ray in 2024.",
    **{
        f"medicines.{n}.{part}": words
        for n, name in enumerate(
            [
                *("Metformin", "Amlodipine", "Prednisone", "Gabapentin", "Tramadol", "Omeprazole"),
                *("Atorvastatin", "Vitamin D", "Alendronate", "Duloxetine", "Insulin glargine"),
                *("Levothyroxine", "Aspirin", "Albuterol inhaler"),
            ]
        )
        for part, words in (("medicine-name", name), ("medicine-dose", "as written on the box"))
    },
    "had-surgery": "yes",
    **{
        f"surgeries.{n}.{part}": words
        for n, (name, year) in enumerate(
            [("Gall bladder", "1988"), ("Both cataracts", "2015"), ("Left knee", "2018")]
        )
        for part, words in (("surgery-what", name), ("surgery-year", year))
    },
    "surgery-12-weeks": ["none"],
    "new-joints": ["knee"],
    "move-limits": ["knee", "floor", "falls"],
    **{
        f"treatments.{n}.{part}": words
        for n, name in enumerate(["Chiropractor", "Epidural shot", "Massage", "Yoga", "Opioids"])
        for part, words in (("treatment-name", name), ("treatment-length", "about a year"))
    },
    "regen-interest": "yes",
    "regen-wait": ["none"],
    "regen-caution": ["steroid", "nsaid"],
    "care-tried": ["exercise", "pills", "shots"],
    "worries": LONG_TEXT,
    "goals": LONG_TEXT,
}


@cache
def shipped_book() -> RuleBook:
    """Every clinical table that the project ships."""
    return read_rulebook(content_dir())


def shipped_rules() -> RuleSet:
    """The rules that the project ships."""
    return shipped_book().red_flags


@cache
def shipped_plan() -> SummaryPlan:
    """The lines that the project ships."""
    return read_summary_plan(content_dir())


def make_sent_intake(answers: Mapping[str, Any], **more: Any) -> Intake:
    """An intake of the shipped questionnaire that was sent, its form filled in one go."""
    known = shipped_questionnaire().by_link_id
    given = {key: value for key, value in answers.items() if key.split(".")[-1] in known}
    consent = Consent("A patient", "1", "0" * 64, SENT - timedelta(minutes=14))
    started = SENT - timedelta(minutes=14)
    intake = make_intake(
        given, now=started, today=SENT.date(), reference="K7QM-2R9D", consent=consent, **more
    )
    return intake.sent(SENT)


def make_summary(intake: Intake, clinic: ClinicDetails = CLINIC, **more: Any) -> Summary:
    """The summary of an intake, with the shipped rules and lines. `more` goes to build_summary."""
    today = SENT.astimezone(ZONE).date()
    return build_summary(
        intake,
        assess_intake(shipped_rules(), intake, today),
        book=shipped_book(),
        plan=shipped_plan(),
        clinic=clinic,
        zone=ZONE,
        today=today,
        program="0.1.0",
        **more,
    )


def summary_of(answers: Mapping[str, Any], **more: Any) -> Summary:
    """The summary of a sent intake with these answers."""
    return make_summary(make_sent_intake(answers), **more)
