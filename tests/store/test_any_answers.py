"""Any answers to any form come back equal from the database, form and FHIR text between."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.errors import UnknownRecord
from clinic.intake import Intake
from clinic.library.questionnaires import read_questionnaire
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response
from clinic.store import intakes
from clinic.store.database import Database
from tests.make import shipped_questionnaire
from tests.strategies import answers_for

CASES = sorted((Path(__file__).parent.parent / "questionnaire" / "cases").glob("*.yaml"))
FORMS = [shipped_questionnaire(), *(read_questionnaire(path) for path in CASES)]
NOW = datetime(2026, 11, 23, 13, 42, tzinfo=UTC)


class Held:
    """A library of one form."""

    def __init__(self, form: Questionnaire) -> None:
        self.form = form

    def get(self, questionnaire_id: str, version: str | None = None) -> Questionnaire:
        if (questionnaire_id, version) != (self.form.id, self.form.version):
            raise UnknownRecord("questionnaire")
        return self.form


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_answers_come_back_equal(database: Database, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(FORMS))
    answers = data.draw(answers_for(form))
    intake = Intake(
        id=uuid4(),
        reference=uuid4().hex[:9],
        questionnaire=form,
        created_at=NOW,
        response=Response().with_answers(answers),
        version=1,
    )
    with database.writing() as tx:
        intakes.insert(tx, intake, idempotency_key=uuid4().hex)

    with database.reading() as tx:
        found = intakes.load(tx, intake.id, Held(form))

    assert dict(found.response.answers) == answers
