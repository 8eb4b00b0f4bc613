"""The Spanish words of the interface: all of them, as they stand in the English, and in use."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import import_module
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from tests.house.patient_words import (
    PAPERS,
    ROOT,
    TEMPLATES,
    is_read_by_patients,
    patient_templates,
)
from tests.house.spanish_reading import spanish_reading

SPANISH = ROOT / "clinic" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
TEMPLATES_OF_PATIENTS = frozenset(patient_templates())
GAP = re.compile(r"%\(\w+\)[sd]|\{[a-z_.]+\}")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "marked": None,
}
MARKING = re.compile(r"\b(?:marked|_|gettext)\(")
LONGEST_SENTENCE = 20
NUMBERS = ("%(number)s", "%(crisis)s", "{clinic.emergency_number}", "{clinic.crisis_line}")
ORDER = re.compile(r"\b(?:call|text) (%\(\w+\)s|\{[a-z_.]+\})", re.IGNORECASE)
SPANISH_ORDER = r"(?:[Ll]lame|[Ll]lámenos|texto)(?: a la clínica)? al {}"


def catalogue() -> Catalog:
    with SPANISH.open("rb") as file:
        return read_po(file, locale="es")


def places(message: Message) -> list[str]:
    return [place for place, _ in message.locations]


CATALOGUE = catalogue()
MESSAGES = [message for message in CATALOGUE if message.id]
OF_PATIENTS = [
    each for each in MESSAGES if is_read_by_patients(places(each), TEMPLATES_OF_PATIENTS)
]


def forms(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def words_of_today() -> Iterator[tuple[str, str]]:
    """Give every English text that a patient reads, as `make words` would gather it now."""
    options = {"extensions": "jinja2.ext.do", "newstyle_gettext": "true", "silent": "false"}
    sources = [("jinja2", TEMPLATES / name, options) for name in TEMPLATES_OF_PATIENTS]
    sources += [("python", path, {}) for path in modules_with_words()]
    for method, path, given in sources:
        for _, words, _, context in extract_from_file(method, path, KEYWORDS, options=given):
            yield context or "", forms(words)[0]


def modules_with_words() -> list[Path]:
    """Give the modules that mark words, and do not speak to staff alone."""
    found = [path.relative_to(ROOT).as_posix() for path in (ROOT / "clinic").rglob("*.py")]
    read = [ROOT / name for name in found if is_read_by_patients([name], TEMPLATES_OF_PATIENTS)]
    return [path for path in read if MARKING.search(path.read_text(encoding="utf-8"))]


def test_every_word_that_a_patient_reads_is_there_in_spanish():
    spanish = {
        (each.context or "", forms(each.id)[0]) for each in MESSAGES if all(forms(each.string))
    }
    read = set(words_of_today()) - {("", "")}

    assert len(read) > 500
    assert sorted(read - spanish) == [], "run `make words`, then give the Spanish"


def test_nothing_is_guessed():
    assert not [each.id for each in MESSAGES if each.fuzzy]


def test_what_is_compiled_is_what_is_written():
    made = BytesIO()
    write_mo(made, CATALOGUE)

    assert SPANISH.with_suffix(".mo").read_bytes() == made.getvalue(), "run `make words`"


def translated() -> list[Message]:
    return [each for each in MESSAGES if any(forms(each.string))]


def test_each_gap_of_the_english_stands_in_the_spanish():
    wrong = [
        each.id
        for each in translated()
        for english, spanish in zip(forms(each.id), forms(each.string), strict=True)
        if set(GAP.findall(english)) - {"%(num)s"} != set(GAP.findall(spanish)) - {"%(num)s"}
        or spanish.count("%(num)s") > english.count("%(num)s")
    ]

    assert not wrong


def test_no_per_cent_sign_stands_where_it_would_be_read_as_a_gap():
    stray = re.compile(r"%(?!\(\w+\)[sd])")
    wrong = [
        each.id
        for each in translated()
        for english, spanish in zip(forms(each.id), forms(each.string), strict=True)
        if "%(" in english and stray.search(spanish)
    ]

    assert not wrong


def test_an_order_to_call_stays_an_order_with_its_number():
    ordered = [(each, number) for each in OF_PATIENTS for number in ORDER.findall(str(each.id))]
    soft = [
        each.id
        for each, number in ordered
        if not re.search(SPANISH_ORDER.format(re.escape(number)), str(each.string))
    ]

    assert len(ordered) > 20
    assert not soft


def test_now_stays_now():
    urgent = [
        each
        for each in OF_PATIENTS
        if any(number in str(each.id) for number in NUMBERS) and re.search(r"\bnow\b", str(each.id))
    ]

    assert len(urgent) >= 4
    assert not [each.id for each in urgent if not re.search(r"\bahora\b", str(each.string))]


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("call", "llame al"),
        ("call or text", "llame o envíe un mensaje de texto al"),
        ("Do not wait for us to call.", "No espere nuestra llamada."),
    ],
)
def test_the_words_beside_a_number_are_orders(english: str, spanish: str):
    assert CATALOGUE.get(english).string == spanish


def test_no_spanish_sentence_is_longer_than_twenty_words():
    long = [
        (reading.longest, reading.longest_sentence)
        for each in OF_PATIENTS
        for words in forms(each.string)
        if (reading := spanish_reading(GAP.sub("x", words))).longest > LONGEST_SENTENCE
    ]

    assert not long


SENTENCE = re.compile(r"[“A-Z].* .*[.?!]\Z")
MODULES = (
    *("clinic.questionnaire.checks", "clinic.actions.amendments", "clinic.mail.invitations"),
    *("clinic.referral.attachment", "clinic.referral.typed_day", "clinic.referral.states"),
    *(
        f"clinic.web.{folder}.{path.stem}"
        for folder in ("intake", "referral")
        for path in sorted((ROOT / "clinic" / "web" / folder).glob("[a-z]*.py"))
    ),
)


@pytest.mark.parametrize("module", MODULES)
def test_every_sentence_that_a_module_names_is_marked(module: str):
    named = vars(import_module(module))
    sentences = {
        value
        for name, value in named.items()
        if name.isupper() and isinstance(value, str) and SENTENCE.match(value)
    }
    spanish = {forms(each.id)[0] for each in translated()}

    assert sentences <= spanish


# --- English that no catalogue would find -------------------------------------------------

READ_OUT = frozenset({"alt", "aria-label", "placeholder", "title", "label"})
LETTERS = re.compile("[A-Za-z]{2}")
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]|^[A-Z][a-z]{2,}")
LOOKED_UP = frozenset({"_", "gettext", "ngettext", "pgettext"})
NO_WORDS = re.compile(r"(?:\w+Field|Staff found)")
"""Names of kinds of fields, and a label that the receiving page compares."""
JINJA = re.compile(r"\{#.*?#\}|\{% block kind %\}\w+|\{%.*?%\}", re.DOTALL)
"""What is not printed; the kind of a paper is a class."""
ATTRIBUTES = re.compile(r'(?:[\w-]+="[^"]*"\s*)+')
PRINTED = re.compile(r"\{\{.*?\}\}", re.DOTALL)


class Bare(HTMLParser):
    """Collects what stands in HTML to be read, in text and in attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if (name in READ_OUT or name.startswith("data-words")) and LETTERS.search(value or ""):
                self.found.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if LETTERS.search(data) and not ATTRIBUTES.fullmatch(data.strip()):
            self.found.append(data.strip())


def bare_text(source: str) -> list[str]:
    parser = Bare()
    parser.feed(PRINTED.sub("0", JINJA.sub(" ", source)))
    return parser.found


def bare_strings(source: str) -> list[str]:
    tree = Environment(extensions=["jinja2.ext.do"], autoescape=True).parse(source)
    looked_up = {
        id(word)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in LOOKED_UP
        for word in call.find_all(nodes.Const)
    }
    return [
        const.value
        for const in tree.find_all(nodes.Const)
        if id(const) not in looked_up
        and isinstance(const.value, str)
        and WORDS.search(const.value)
        and not NO_WORDS.fullmatch(const.value)
    ]


@pytest.mark.parametrize("name", sorted(TEMPLATES_OF_PATIENTS))
def test_no_english_stands_bare_in_a_template_of_patients(name: str):
    source = (TEMPLATES / name).read_text(encoding="utf-8")

    assert not bare_text(source)
    assert not bare_strings(source)


@pytest.mark.parametrize(
    "source",
    ["<p>Call us</p>", '<img alt="A stretch">', '{{ "Call us" }}', '{{ field("x", "Your code") }}'],
)
def test_bare_english_is_known_when_it_is_seen(source: str):
    assert bare_text(source) or bare_strings(source)


def test_words_that_are_looked_up_are_not_bare():
    source = '<p class="lead" aria-label="{{ _("In short") }}">{{ _("Call us") }}</p>'

    assert not bare_text(source)
    assert not bare_strings(source)


def test_the_papers_of_patients_are_among_what_is_looked_at():
    assert set(PAPERS) <= TEMPLATES_OF_PATIENTS
