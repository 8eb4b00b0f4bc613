"""Rosa answers in Spanish on her phone, is stopped, and finishes at the library."""

import io
import json
import re

import pytest
from pypdf import PdfReader

from tests.journeys.conftest import DESK, Waiting
from tests.journeys.people import Patient

pytestmark = [pytest.mark.journey, pytest.mark.proof]

NAME = "Rosa Núñez Ibarra"
STORY = "Empezó al cargar a mi nieto; me duele «aquí abajo»."
GOAL = "Quiero volver a bailar."
PHONE = "555-555-0163"
LEG = "no-legs"


class Rosa(Patient):
    """Somebody who reads Spanish, at any browser."""

    def agrees(self, name: str = NAME) -> None:
        """Find the form from the first page, agree, and note the code."""
        self.plans |= {
            "full-name": [name],
            "birth-date-month": ["marzo"],
            "phone": [PHONE],
            "language": ["es"],
            "pain-story": [STORY],
            "goals": [GOAL],
            "worries": ["Que no se me quite."],
            "question-1": ["¿Qué puedo hacer yo?"],
        }
        self.opens("/es/")
        self.presses("Sus preguntas")
        self.consents(name)

    def continues(self) -> None:
        """Press Continue, in Spanish."""
        self.presses("Continuar")

    def comes_back(self, code: str) -> None:
        """Open the form again with the code and the birth date."""
        self.opens("/es/intake/resume")
        self.page.locator("[name=code]").fill(code.lower())
        for part in ("year", "month", "day"):
            self.page.locator(f"[name=born-{part}]").fill(self.plans[f"birth-date-{part}"][0])
        self.presses("Abrir mi formulario")

    def holds(self, name: str) -> str:
        """What stands in a box of the page."""
        return self.page.locator(f"[name={name}]").input_value()

    def everything_kept(self) -> str:
        """All that the page, its boxes, the cookies and the stores of the browser hold."""
        boxes = self.page.locator("input, textarea, select")
        stored = ""
        if self.javascript:
            stored = self.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        values = [box.input_value() for box in boxes.all() if box.get_attribute("type") == "text"]
        return self.page.content() + json.dumps([values, self.context.cookies()]) + stored


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_rosa_answers_in_spanish_is_stopped_and_finishes_at_the_library(
    waiting_room: Waiting, javascript: bool
) -> None:
    phone = waiting_room.device(Rosa, javascript=javascript, viewport={"width": 360, "height": 740})
    phone.agrees()
    code = phone.code
    phone.presses("Empezar con la primera pregunta")
    phone.fills_in()
    phone.continues()

    # She lets her niece read a page: the page and what is typed on it go along, and back.
    assert phone.path == "/es/intake/contact"
    phone.answers("phone", PHONE)
    phone.presses("English")
    assert (phone.path, phone.holds("phone")) == ("/intake/contact", PHONE)
    phone.presses("Español")
    assert (phone.path, phone.holds("phone")) == ("/es/intake/contact", PHONE)
    phone.fills_in()
    phone.continues()
    assert phone.path == "/es/intake/right-now"
    phone.answers("chest-now", "no")
    phone.page.close()  # the phone dies with an answer that was not sent

    library = waiting_room.device(Rosa, javascript=javascript, viewport=DESK)
    library.plans = phone.plans | {"walk-now": [LEG]}
    library.comes_back(code)
    assert library.path == "/es/intake/right-now"
    assert not library.page.locator("main input:checked").count()
    library.opens("/es/intake/contact")
    assert library.holds("phone") == PHONE
    library.opens("/es/intake/right-now")
    library.fills_in()
    library.continues()

    assert library.path == "/es/intake/urgent"
    assert library.heading == "Llame al 911 o vaya a la sala de emergencias ahora"
    library.sees("No espere nuestra llamada.")
    assert library.page.locator("main a[href='tel:911']").count()
    desk = waiting_room.staff("front_desk")
    desk.sees(NAME)

    # Her daughter has called; she goes on, and nothing takes the alarm back.
    library.presses("Ya leí esto. Seguir con las preguntas")
    library.hurries(until="/es/intake/review")
    library.sees(STORY)
    library.presses("Enviar a la clínica")
    assert library.path == "/es/intake/done"
    library.sees("911")

    face, *hers = paper_of(library)
    assert "Answered in Spanish" in face
    assert "trouble walking now" in face
    told = " ".join(hers)
    assert "Llame al 911" in told
    assert STORY in f"{face} {told}"
    assert GOAL in f"{face} {told}"

    library.opens("/es/intake/leave")
    library.presses("Salir ahora")
    for _ in range(30):
        kept = library.everything_kept()
        for hers_alone in (NAME, code, PHONE, STORY, GOAL):
            assert hers_alone not in kept, library.page.url
        library.page.go_back(wait_until="load")
        if library.page.url == "about:blank":
            break
    library.opens("/es/intake/")
    assert library.holds("name") == ""


def paper_of(patient: Patient) -> list[str]:
    """The text of each page of her PDF, on lines of any length."""
    came = patient.context.request.get(f"{patient.base}/es/intake/summary.pdf", timeout=60_000)
    assert came.status == 200
    pages = PdfReader(io.BytesIO(came.body())).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]
