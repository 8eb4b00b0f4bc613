"""Assessments, kept as they were said."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic.errors import Damaged, UnknownRecord
from clinic.questionnaire.values import Coding
from clinic.store import assessments
from clinic.store.tables import assessment as table
from clinic.triage.corrections import Corrected
from clinic.triage.rules import Urgency
from tests.make import NOW
from tests.store.kept import begin, make_assessment, send


def test_an_assessment_is_read_back_equal(database):
    with database.writing() as tx:
        intake = send(tx)
        assessments.insert(tx, intake.id, make_assessment(incomplete=True), now=NOW)

        assert assessments.latest(tx, intake.id) == make_assessment(incomplete=True)


def test_the_times_of_answers_and_what_was_changed_are_read_back_equal(database):
    yes, no = (Coding("yes", "codes", "Yes"),), (Coding("no", "codes", "No"),)
    later = NOW + timedelta(minutes=1)
    plain = make_assessment()
    dated = replace(
        plain,
        findings=tuple(replace(each, times=(("leg-cold", NOW),)) for each in plain.findings),
        unsure=("vascular",),
        corrections=(
            Corrected(key="leg-cold", before=yes, before_at=NOW, after=no, after_at=later),
            Corrected(key="leg-cold", before=no, before_at=later, after=(), after_at=later),
        ),
    )
    with database.writing() as tx:
        intake = send(tx)
        assessments.insert(tx, intake.id, dated, now=NOW)

        assert dated.findings
        assert assessments.latest(tx, intake.id) == dated


def test_the_latest_of_several_is_given_and_none_is_lost(database):
    later = NOW + timedelta(minutes=1)
    with database.writing() as tx:
        intake = begin(tx).intake
        assessments.insert(tx, intake.id, make_assessment(Urgency.SAME_DAY), now=NOW)
        assessments.insert(tx, intake.id, make_assessment(Urgency.ROUTINE), now=later)

        assert assessments.latest(tx, intake.id).urgency is Urgency.ROUTINE
        assert [(at, kept.urgency) for at, kept in assessments.all_of(tx, intake.id)] == [
            (NOW, Urgency.SAME_DAY),
            (later, Urgency.ROUTINE),
        ]


def test_an_intake_without_an_assessment_has_none(database):
    with database.writing() as tx:
        assert assessments.latest(tx, begin(tx).intake.id) is None


def test_an_assessment_of_nothing_is_refused(database):
    with database.reading() as tx, pytest.raises(UnknownRecord):
        assessments.insert(tx, uuid4(), make_assessment(), now=NOW)


def test_an_assessment_moved_to_another_intake_does_not_open(database):
    with database.writing() as tx:
        one, other = begin(tx).intake, begin(tx).intake
        assessments.insert(tx, one.id, make_assessment(), now=NOW)
        tx.execute(sa.update(table).values(intake_id=other.id))

        with pytest.raises(Damaged):
            assessments.latest(tx, other.id)
