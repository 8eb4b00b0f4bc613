"""The FHIR extensions that we read, those that change nothing here, and those we cannot do."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from clinic.fhir.complaints import Spot
from clinic.fhir.values import read_string
from clinic.questionnaire.model import Text

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"

TRANSLATION = CORE + "translation"
CALCULATED_VALUE = CORE + "cqf-calculatedValue"

READ: Mapping[str, str] = {
    TRANSLATION: "translation",
    CORE + "questionnaire-itemControl": "itemControl",
    CORE + "questionnaire-hidden": "hidden",
    CORE + "questionnaire-unit": "unit",
    CORE + "questionnaire-unitOption": "unitOption",
    CORE + "questionnaire-minOccurs": "minOccurs",
    CORE + "questionnaire-maxOccurs": "maxOccurs",
    CORE + "questionnaire-optionExclusive": "optionExclusive",
    CORE + "questionnaire-optionPrefix": "optionPrefix",
    CORE + "questionnaire-ordinalValue": "score",
    CORE + "ordinalValue": "score",
    CORE + "itemWeight": "score",
    CORE + "questionnaire-usageMode": "usageMode",
    CORE + "minValue": "minValue",
    CORE + "maxValue": "maxValue",
    SDC + "minQuantity": "minValue",
    SDC + "maxQuantity": "maxValue",
    CORE + "minLength": "minLength",
    CORE + "maxDecimalPlaces": "maxDecimalPlaces",
    CORE + "regex": "regex",
    CORE + "entryFormat": "entryFormat",
}
"""The extensions whose meaning we keep, by address, with our name for each."""

NOT_SUPPORTED: Mapping[str, str] = {
    SDC + "calculatedExpression": "a calculated answer",
    SDC + "initialExpression": "a calculated first answer",
    SDC + "enableWhenExpression": "showing by an expression",
    SDC + "answerExpression": "options made by an expression",
    SDC + "candidateExpression": "suggestions made by an expression",
    SDC + "contextExpression": "an expression for context",
    SDC + "answerOptionsToggleExpression": "options that an expression switches",
    SDC + "variable": "a variable for expressions",
    SDC + "itemPopulationContext": "filling in from a record",
    SDC + "questionnaireAdaptive": "a form that a server leads",
    SDC + "itemMedia": "a picture, sound or film",
    SDC + "itemAnswerMedia": "a picture, sound or film",
    SDC + "unitSupplementalSystem": "units of a whole code system",
    SDC + "unitOpen": "a unit written by hand",
    SDC + "subQuestionnaire": "a part from another form",
    SDC + "referencesContained": "an answer that names a contained resource",
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/cpg-itemImage": "a picture",
    CORE + "variable": "a variable for expressions",
    CORE + "cqf-expression": "words or rules made by an expression",
    CALCULATED_VALUE: "words made by an expression",
    CORE + "questionnaire-constraint": "a rule over several answers",
    CORE + "targetConstraint": "a rule over several answers",
    CORE + "questionnaire-unitValueSet": "units from a value set",
    CORE + "questionnaire-signatureRequired": "a signature",
    CORE + "questionnaire-baseType": "an answer of another base type",
    CORE + "rendering-styleSensitive": "a style that carries meaning",
}
"""The extensions that change what is asked or answered, and that we cannot do; in words."""

HARMLESS: Mapping[str, str] = {
    CORE + "designNote": "a note for those who write the form",
    CORE + "questionnaire-displayCategory": "how a text is dressed; the words are shown",
    CORE + "questionnaire-choiceOrientation": "options stand below each other, as fits a phone",
    CORE + "questionnaire-sliderStepValue": "a scale shows every whole number",
    CORE + "questionnaire-supportLink": "a link out; the question stands without it",
    CORE + "questionnaire-fhirType": "a hint for programs that extract data",
    CORE + "questionnaire-referenceResource": "belongs to references, which are named themselves",
    CORE + "questionnaire-referenceProfile": "belongs to references, which are named themselves",
    CORE + "questionnaire-referenceFilter": "belongs to references, which are named themselves",
    CORE + "mimeType": "belongs to attachments, which are named themselves",
    CORE + "maxSize": "belongs to attachments, which are named themselves",
    CORE + "rendering-xhtml": "a dressed copy of the words; the plain words are shown",
    CORE + "rendering-markdown": "a dressed copy of the words; the plain words are shown",
    CORE + "rendering-style": "colours and sizes are ours",
    CORE + "cqf-library": "code for expressions, which are named themselves",
    CORE + "structuredefinition-fmm": "about the publication",
    CORE + "structuredefinition-standards-status": "about the publication",
    CORE + "structuredefinition-wg": "about the publication",
    CORE + "artifact-versionAlgorithm": "about the publication",
    CORE + "terminology-server": "outside value sets are named themselves",
    CORE + "preferredTerminologyServer": "outside value sets are named themselves",
    CORE + "sdc-questionnaire-definitionExtractValue": "for extraction after sending",
    SDC + "preferredTerminologyServer": "outside value sets are named themselves",
    SDC + "launchContext": "input for expressions, which are named themselves",
    SDC + "sourceQueries": "input for expressions, which are named themselves",
    SDC + "sourceStructureMap": "input for filling in from a record",
    SDC + "targetStructureMap": "for extraction after sending",
    SDC + "itemExtractionContext": "for extraction after sending",
    SDC + "observationExtract": "for extraction after sending",
    SDC + "observation-extract-category": "for extraction after sending",
    SDC + "observationLinkPeriod": "for filling in from a record",
    SDC + "definitionExtract": "for extraction after sending",
    SDC + "definitionExtractValue": "for extraction after sending",
    SDC + "extractAllocateId": "for extraction after sending",
    SDC + "templateExtract": "for extraction after sending",
    SDC + "assembledFrom": "where the form came from",
    SDC + "assemble-expectation": "where the form came from",
    SDC + "isSubject": "whom an answer is about; shown like any other",
    SDC + "shortText": "a shorter wording for narrow screens",
    SDC + "choiceColumn": "columns of options that stand in a list here",
    SDC + "width": "a width; ours fits the screen",
    SDC + "columnCount": "columns; ours fit the screen",
    SDC + "keyboard": "which keys a phone shows",
    SDC + "collapsible": "nothing is folded away",
    SDC + "optionalDisplay": "words that may be left out are shown",
    SDC + "entryMode": "going back is always allowed",
    SDC + "openLabel": "the label of the field for another answer is ours",
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/questionnaire-sdc-openLabel": (
        "the label of the field for another answer is ours"
    ),
}
"""The extensions that we knowingly leave unread, each with why nothing is lost."""


@dataclass(frozen=True, slots=True)
class Extensions:
    """The extensions of one element that we read, by our names for them."""

    found: Mapping[str, tuple[tuple[Spot, Mapping[str, Any]], ...]]

    def every(self, name: str) -> tuple[tuple[Spot, Mapping[str, Any]], ...]:
        """Give each extension of this name, with its place."""
        return self.found.get(name, ())

    def value(self, name: str) -> tuple[Spot, str, Any] | None:
        """Give the place, the end of value[x] and the raw value of the first of this name."""
        for spot, extension in self.every(name):
            return value_of(spot, extension, name)
        return None


def extensions(
    element: Mapping[str, Any], spot: Spot, allowed: frozenset[str] = frozenset()
) -> Extensions:
    """Sort an element's extensions; complain of what we cannot do or do not know."""
    if "modifierExtension" in element:
        spot.down("modifierExtension").complain("modifierExtension is not supported")
    found: dict[str, tuple[tuple[Spot, Mapping[str, Any]], ...]] = {}
    for place, extension in spot.objects(element, "extension"):
        url = extension.get("url")
        name = READ.get(url) if isinstance(url, str) else None
        if name in allowed and name is not None:
            found[name] = (*found.get(name, ()), (place, extension))
        elif not isinstance(url, str) or url not in HARMLESS:
            place.complain(_refusal(url, name))
    return Extensions(found)


def _refusal(url: Any, name: str | None) -> str:
    if not isinstance(url, str) or not url:
        return "an extension without its address (url)"
    if name is not None:
        return f"the extension {name} is not supported here"
    if url in NOT_SUPPORTED:
        return f"{NOT_SUPPORTED[url]} ({url.rpartition('/')[2]}) is not supported"
    return f"the extension {url} is not known here"


def value_of(spot: Spot, extension: Mapping[str, Any], name: str) -> tuple[Spot, str, Any] | None:
    """Give the value[x] of one extension; complain where there is none, or one by expression."""
    ends = [key for key in extension if key.startswith("value")]
    if len(ends) != 1:
        spot.complain(f"the extension {name} has no plain value")
        return None
    return spot, ends[0].removeprefix("value"), extension[ends[0]]


def read_text(element: Mapping[str, Any], key: str, spot: Spot, default: str = "") -> Text:
    """Give the words under a key with their translations."""
    words = spot.member(element, key, read_string)
    return Text(words or default, translations(element, key, spot))


def translations(element: Mapping[str, Any], key: str, spot: Spot) -> Mapping[str, str]:
    """Give the translations of the words under a key, by language code."""
    beside = element.get("_" + key)
    place = spot.down("_" + key)
    if not isinstance(beside, Mapping):
        return MappingProxyType({})
    found: dict[str, str] = {}
    for inner, extension in extensions(beside, place, frozenset({"translation"})).every(
        "translation"
    ):
        parts = {
            str(part.get("url")): part.get("valueCode")
            or part.get("valueString")
            or part.get("valueMarkdown")
            for _, part in inner.objects(extension, "extension")
        }
        language, content = parts.get("lang"), parts.get("content")
        if isinstance(language, str) and isinstance(content, str):
            found[language] = content
        else:
            inner.complain("a translation needs lang and content")
    return MappingProxyType(found)
