"""Makes Questionnaire resources as plain dictionaries, as another program would send them."""

from typing import Any

from clinic.fhir.questionnaire import questionnaire_from_json, questionnaire_problems
from clinic.questionnaire.model import Item

EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
YES_NO = [{"valueCoding": {"code": code, "display": code}} for code in ("yes", "no")]


def form(*items: dict, **more: Any) -> dict:
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items), **more}


def item(link_id: str = "q", type: str = "string", **more: Any) -> dict:  # noqa: A002
    return {"linkId": link_id, "type": type, "text": link_id, **more}


def choice(link_id: str = "q", **more: Any) -> dict:
    return item(link_id, "choice", answerOption=YES_NO, **more)


def extension(name: str, **value: Any) -> dict:
    return {"url": name if name.startswith("http") else EXTENSION + name, **value}


def control(code: str) -> dict:
    coding = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}
    return extension("questionnaire-itemControl", valueCodeableConcept={"coding": [coding]})


def when(question: str, operator: str = "=", **answer: Any) -> dict:
    return {"question": question, "operator": operator, **answer}


def read(*items: dict, **more: Any) -> Item:
    """The last item of a form of these."""
    return questionnaire_from_json(form(*items, **more)).items[-1]


def problems(*items: dict, **more: Any) -> list[str]:
    return questionnaire_problems(form(*items, **more))
