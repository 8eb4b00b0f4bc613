"""Makes the summary of one intake."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, tzinfo

from clinic.intake import Consent, Intake
from clinic.marked import marked, said
from clinic.questionnaire.speaking import language_name
from clinic.questionnaire.values import PartialDate, whole_years
from clinic.summary.advice import level_words, regenerative_words, stretch_words
from clinic.summary.answers import Answers
from clinic.summary.findings import (
    act_by,
    alarm_words,
    corrections,
    findings,
    flag_words,
    unanswered,
)
from clinic.summary.given import AddedLater, EarlierScores, LevelSet, TypedByStaff
from clinic.summary.lines import SummaryPlan
from clinic.summary.model import AdditionWords, ClinicDetails, Person, Summary, Versions
from clinic.summary.scores import score_words
from clinic.summary.sections import body_map, safety_groups, sections
from clinic.summary.words import moment, urgency_word, word
from clinic.triage.assess import Assessment
from clinic.triage.guidance import RuleBook, guidance_of_intake

AND = marked(" and ")


def build_summary(
    intake: Intake,
    assessment: Assessment,
    *,
    book: RuleBook,
    plan: SummaryPlan,
    clinic: ClinicDetails,
    zone: tzinfo,
    today: date,
    language: str = "en",
    program: str = "",
    settled: Collection[str] = (),
    typed: Sequence[TypedByStaff] = (),
    earlier: Sequence[EarlierScores] = (),
    level: LevelSet | None = None,
    added: Sequence[AddedLater] = (),
    overdue: Sequence[str] = (),
) -> Summary:
    """Put an intake and its assessment into words, in a language and on the clinic's clock.

    `language` is a code, or a Tongue that brings the words of another language.
    `today` is the day in the clinic's zone; a sent intake counts from the day of sending.
    `program` is the version of the program. The assessment is that of the rules; `level`
    is what a clinician set in its place. `settled` are the ids of rules whose findings have
    an outcome on record. `earlier` intakes are of the same confirmed patient, newest first.
    `added` is what the patient added after sending, oldest first. `overdue` are the ids of
    the stretches and options whose texts should have been checked again by now.
    """
    answers = Answers(intake, language, zone)
    sent_on = intake.submitted_at.astimezone(zone).date() if intake.submitted_at else None
    day = sent_on or today
    guided = guidance_of_intake(
        book,
        intake,
        _strictest(assessment, level),
        day,
        settled,
        level.open_level if level else None,
    )
    stands = replace(assessment, urgency=level.level) if level else assessment
    sent = intake.submitted_at.astimezone(zone) if intake.submitted_at else None
    return Summary(
        id=str(intake.id),
        reference=intake.reference,
        language=str(language),
        clinic=clinic,
        person=_person(plan, answers, day),
        draft=not intake.submitted,
        started=moment(intake.created_at, zone, language),
        sent=moment(intake.submitted_at, zone, language) if intake.submitted_at else "",
        sent_on=sent_on,
        urgency=stands.urgency,
        urgency_word=urgency_word(stands.urgency, language),
        act_by=act_by(stands, day, clinic, language, sent),
        sent_closed=sent is not None and clinic.is_closed_for_the_day(sent),
        incomplete=assessment.incomplete,
        findings=findings(plan, assessment, answers),
        flags=flag_words(plan, assessment),
        unanswered=unanswered(assessment, answers),
        alarms=alarm_words(assessment, answers),
        sections=sections(plan, answers),
        safety=safety_groups(plan, answers),
        body_map=body_map(plan, answers),
        scores=score_words(
            guided.scores, book.scores, plan, typed=typed, earlier=earlier, language=language
        ),
        stretches=stretch_words(guided.stretches, plan, language),
        none_now=guided.stretches.none_now,
        walk=guided.stretches.walk,
        regenerative=regenerative_words(guided.regenerative, intake, language),
        level_set=level_words(level, language, zone),
        corrections=corrections(plan, answers),
        steps=answers.steps(),
        versions=_versions(intake, assessment, program, book),
        consent=_consent(intake.consent, language, zone),
        additions=tuple(
            AdditionWords(each.text, moment(each.at, zone, language)) for each in added
        ),
        overdue=tuple(overdue),
        answered_in=_answered_in(answers, language),
        given_by=answers.givers.line(),
        on_paper=intake.answered_on is not None,
    )


def _answered_in(answers: Answers, language: str) -> str:
    """Name the languages of the answers; nothing where they are all the summary's own."""
    spoken = answers.answered_in()
    if not spoken or spoken == (language,):
        return ""
    names = [said(language_name(each), language) for each in spoken]
    return said(AND, language).join(names)


def _strictest(assessment: Assessment, level: LevelSet | None) -> Assessment:
    """The assessment at its most urgent finding: a lowered level never opens a stretch."""
    found = [finding.urgency for finding in assessment.findings if finding.urgency]
    set_by_clinician = [level.computed, level.level] if level else []
    strictest = min(
        [assessment.urgency, *found, *set_by_clinician], key=lambda urgency: urgency.rank
    )
    return replace(assessment, urgency=strictest)


def _person(plan: SummaryPlan, answers: Answers, day: date) -> Person:
    def part(name: str) -> str:
        found = (answers.text(link_id) for link_id in plan.person.get(name, ()))
        return " ".join(text for text in found if text)

    return Person(
        name=part("name"),
        birth_date=part("birth_date"),
        age_years=_age(plan, answers, day),
        sex=part("sex"),
        phone=part("phone"),
        language=part("language"),
        answered_by=part("answered_by"),
    )


def _age(plan: SummaryPlan, answers: Answers, day: date) -> int | None:
    for link_id in plan.person.get("birth_date", ()):
        for place in answers.at(link_id):
            match answers.answer(place.key):
                case (PartialDate() as born,) if born.is_full and born.first_day <= day:
                    return whole_years(born.first_day, day)
    return None


def _versions(intake: Intake, assessment: Assessment, program: str, book: RuleBook) -> Versions:
    scores, stretches, gate = book.scores, book.stretches, book.regenerative
    others = (
        ("scores", scores.version, scores.hash),
        ("stretches", stretches.version, stretches.hash),
        ("checklist", gate.version, gate.hash),
    )
    return Versions(
        questionnaire=intake.questionnaire.id,
        questionnaire_version=intake.questionnaire.version,
        rules_version=assessment.rules_version,
        rules_hash=assessment.rules_hash,
        program=program,
        tables=tuple(f"{name} {version} {digest[:12]}" for name, version, digest in others),
    )


def _consent(consent: Consent | None, language: str, zone: tzinfo) -> str:
    if consent is None:
        return word("no_consent", language)
    at = moment(consent.at, zone, language)
    return word("consent", language).format(name=consent.name, at=at)
