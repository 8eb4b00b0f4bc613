"""What YAML 1.2 says, and where: the reader of every content file."""

from decimal import Decimal

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from clinic.library.marked_yaml import DEEPEST, LinedMap, load
from clinic.library.places import content_dir

FILES = sorted(content_dir().rglob("*.yaml"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("2026-02-31", "2026-02-31"),
        ('"7"', "7"),
        ("7", 7),
        ("-7", -7),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1.50", Decimal("1.50")),
        (".5", Decimal("0.5")),
        ("1e3", Decimal(1000)),
        (".inf", ".inf"),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("[a, 1]", ["a", 1]),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_a_scalar_is_what_the_core_schema_says(text, value):
    found = load(f"key: {text}")["key"]

    assert found == value
    assert type(found) is type(value) or isinstance(found, type(value))


def test_mappings_lists_and_keys_know_their_lines():
    found = load("# a word\nfirst:\n  - one\n\n  - two: 2\nlast: x\n")

    assert (found.line, found.lines) == (1, {"first": 1, "last": 5})
    assert found["first"].lines == [2, 4]
    assert found["first"][1].line == 4


def test_what_an_alias_names_is_the_same_value_at_another_line():
    found = load("a: &said\n  - yes\nb: *said\nc:\n  - *said\n")

    assert found["b"] is found["a"]
    assert found["c"].lines == [4]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate key"),
        ("a: 1\nb: [1\n", 3, "did not find"),
        ("a: &x [*x]\n", 1, "names nothing that ends before it"),
        ("a:\n  ? [b]\n  : c\n", 2, "must be text"),
        ("a: 1\nb: !!python/name:os.system x\n", 2, "not read here"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), 1, "too deep"),
        ("[" * 200_000, 1, "too deep"),
        ("{a: " * 50_000, 1, "too deep"),
    ],
)
def test_a_fault_tells_its_line(text, line, words):
    with pytest.raises(YAMLError) as fault:
        load(text)

    assert fault.value.problem_mark.line + 1 == line
    assert words in str(fault.value)


def test_many_aliases_of_aliases_take_no_memory():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 40)]

    assert len(load("\n".join(lines))["a39"]) == 8


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_another_reader_of_yaml_finds_the_same_in_every_shipped_file(path):
    text = path.read_text(encoding="utf-8")
    if path.stat().st_size > 60_000:
        text = text[: text.index("\n  - linkId:", 40_000)] if "\n  - linkId:" in text else text

    assert plain(load(text)) == plain(YAML(typ="safe", pure=True).load(text))


def plain(value):
    """The value without lines; the other reader takes dates for dates and parts for floats."""
    if isinstance(value, dict):
        assert not isinstance(value, LinedMap) or value.keys() == value.lines.keys()
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return float(value) if isinstance(value, Decimal) else str(value) if value else value
