"""A patient at the keyboard: what people do here, as methods."""

import json
from functools import cache
from typing import Any

from werkzeug.datastructures import MultiDict

from clinic.actions.intakes import record_answers
from clinic.library.places import content_dir
from clinic.questionnaire.response import Answer
from clinic.store import intakes
from clinic.web.intake.forms import StepForm
from clinic.web.visit import database, now, questionnaires, rules, today, zone
from tests.make import shipped_questionnaire
from tests.web.browser import Browser, Page, path_of

MOST_PAGES = 60


@cache
def plain_answers() -> dict[str, list[str]]:
    """The answers of a well adult with plain back pain, as fields that a form posts."""
    path = content_dir() / "examples" / "plain-back-pain.json"
    resource = json.loads(path.read_text(encoding="utf-8"))
    fields: dict[str, list[str]] = {}
    for item in resource["item"]:
        _read(item, fields)
    return fields


def _read(item: dict[str, Any], fields: dict[str, list[str]]) -> None:
    for answer in item.get("answer", []):
        for kind, value in answer.items():
            if kind == "item":
                continue
            if kind == "valueDate":
                for part, text in zip(("year", "month", "day"), value.split("-"), strict=False):
                    fields[f"{item['linkId']}-{part}"] = [text]
            else:
                code = value["code"] if kind == "valueCoding" else str(value)
                fields.setdefault(item["linkId"], []).append(code)
    for below in [
        *item.get("item", []),
        *(i for a in item.get("answer", []) for i in a.get("item", [])),
    ]:
        _read(below, fields)


class Patient:
    """Somebody with a sore back, at a browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.answers = dict(plain_answers())
        self.code = ""

    def agrees(self, name: str = "Pat Sample") -> Page:
        """Give consent, and note the code."""
        self.browser.get("/intake/")
        self.browser.submit({"agree": "yes", "name": name})
        page = self.browser.follow()
        self.code = page.select_one(".resume_code").text.strip()
        return page

    def opens(self, step: str) -> Page:
        return self.browser.get(f"/intake/{step}")

    def answers_step(self, step: str, status: int = 303, **changes: Any) -> Page:
        """Fill in one step as a well adult would, with some answers set (`_` for `-`)."""
        page = self.opens(step)
        return self.fills(page, status=status, **changes)

    def fills(self, page: Page, status: int | None = 303, **changes: Any) -> Page:
        """Fill in the page at hand with what is true of this patient."""
        self.answers |= {name.replace("_", "-"): value for name, value in changes.items()}
        asked = {str(tag["name"]) for tag in page.form.select("[name]")}
        return self.browser.submit(
            {name: value for name, value in self.answers.items() if name in asked}, status
        )

    def goes_on(self, until: str = "/intake/review") -> Page:
        """Press Continue on every page until one comes."""
        for _ in range(MOST_PAGES):
            page = self.browser.follow()
            if path_of(page.path) == until:
                return page
            assert page.has("main form[method=post]"), f"stopped at {page.path}: {page.heading}"
            page = self.fills(page, status=None)
            assert page.status == 303, f"{page.path}: {page.errors}"
        raise AssertionError(f"{until} never came")

    def goes_through_every_page(self) -> Page:
        """Agree, and answer page by page up to the review."""
        self.agrees()
        self.opens(shipped_questionnaire().steps[0].id)
        return self.goes_on()

    def answers_everything(self, **changes: Any) -> Page:
        """Agree and open the review with everything answered, without a visit to each page."""
        self.answers |= {name.replace("_", "-"): value for name, value in changes.items()}
        self.agrees()
        with self.browser.app.test_request_context():
            self._is_taken_through()
        return self.browser.get("/intake/review")

    def _is_taken_through(self) -> None:
        """What the views of all steps do, each until it offers nothing new; kept in one go."""
        with database().reading() as tx:
            kept = intakes.load(tx, intakes.listing(tx)[-1].id, questionnaires())
        typed = MultiDict(
            (name, each)
            for name, value in self.answers.items()
            for each in (value if isinstance(value, list) else [value])
        )
        intake, given, offered = kept, dict[str, Answer | None](), set[str]()
        for step in shipped_questionnaire().steps:
            for _ in range(3):
                form = StepForm(step, intake, typed, today=today(), zone=zone())
                answers, keys = form.valid_answers(), set(intake.questions(step))
                intake = intake.recorded(answers, offered=keys, now=now(), today=today())
                given, offered = given | answers, offered | keys
                if not intake.not_offered(step):
                    break
        record_answers(
            database(),
            questionnaires(),
            rules(),
            kept,
            given,
            offered=offered,
            now=now(),
            today=today(),
        )

    def sends(self) -> Page:
        """Press Send on the review page, and see what comes."""
        self.browser.submit({})
        return self.browser.follow()

    def code_and_birth_date(self) -> dict[str, str]:
        """What the patient types to come back."""
        born = {part: self.answers[f"birth-date-{part}"] for part in ("year", "month", "day")}
        return {
            "code": self.code,
            **{f"born-{part}": _one(value) for part, value in born.items()},
        }


def _one(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value)
