"""SECURITY.md and what it leads to name tests and files that are there, and count what is not met.

No test is run or imported for it: their names are looked up in the source.
"""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ASVS = "docs/asvs.md"
DOCS = ("SECURITY.md", ASVS, "docs/hipaa.md", "docs/security-rules.md")
CITED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
FILE = re.compile(
    r"`((?:[\w.-]+/)*[\w.-]+\.(?:md|py|js|html|toml|yaml|txt|conf|env)|[\w.-]+/[\w./-]+)`"
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
ROW = re.compile(r"^\| (v5[^|]*?) \| ([^|]*?) \| ([^|]*?) \| ([^|]*?) \| (.*) \|$", re.MULTILINE)
COUNT = re.compile(r"^\| ([a-z ]+) \| (\d+) \|", re.MULTILINE)
TESTED, STANDS, NOT_MET, OPERATOR = "tested", "stands in", "not met", "whoever runs it"
STATEMENTS = dict(
    enumerate((27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7), start=1)
)
"""How many statements of levels 1 and 2 each chapter of ASVS 5.0.0 has; 253 altogether."""
SHORTEST_REASON = 25


@cache
def text_of(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


@cache
def functions_of(name: str) -> frozenset[str]:
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(text_of(name)))
        if isinstance(node, ast.FunctionDef)
    )


def rows() -> list[tuple[str, str, str, str, str]]:
    return ROW.findall(text_of(ASVS))


def left_out() -> list[str]:
    """The numbers of the last table; a whole chapter is V and its number."""
    last = text_of(ASVS).partition("## What does not apply")[2]
    first_cells = re.findall(r"^\| (V?\d[^|]*?) \|", last, re.MULTILINE)
    return [number.strip() for cell in first_cells for number in cell.split(",")]


@pytest.mark.parametrize("doc", DOCS)
def test_every_test_that_is_named_is_there(doc):
    lost = [
        f"{file}::{name}"
        for file, name in CITED.findall(text_of(doc))
        if not (CHECKOUT / file).exists() or (name and name not in functions_of(file))
    ]

    assert lost == []


@pytest.mark.parametrize("doc", DOCS)
def test_every_file_that_is_named_is_there(doc):
    named = [CHECKOUT / path for path in FILE.findall(text_of(doc))]
    linked = [(CHECKOUT / doc).parent / path for path in LINK.findall(text_of(doc))]

    assert named + linked
    assert [str(path) for path in named + linked if not path.exists()] == []


def test_every_statement_stands_once_with_one_of_four_verdicts():
    numbers = [number for number, *_ in rows()]

    assert [each for each in numbers if not re.fullmatch(r"v5\.0\.0-\d+\.\d+\.\d+", each)] == []
    assert [each for each, times in Counter(numbers).items() if times > 1] == []
    assert {level for _, level, *_ in rows()} == {"1", "2"}
    assert {verdict for *_, verdict, _ in rows()} == {TESTED, STANDS, NOT_MET, OPERATOR}


def test_no_statement_of_the_two_levels_is_passed_over():
    told = Counter(int(number.removeprefix("v5.0.0-").partition(".")[0]) for number, *_ in rows())
    for number in left_out():
        whole = number.startswith("V")
        chapter = int(number.removeprefix("V").partition(".")[0])
        told[chapter] += STATEMENTS[chapter] if whole else 1

    assert set(left_out()).isdisjoint(number.removeprefix("v5.0.0-") for number, *_ in rows())
    assert dict(sorted(told.items())) == STATEMENTS


def test_every_verdict_says_what_it_rests_on():
    for number, _, words, verdict, where in rows():
        cited = [name for _, name in CITED.findall(where)]
        assert words, number
        if verdict == TESTED:
            assert any(cited), number
        elif verdict == NOT_MET:
            assert len(where) > SHORTEST_REASON, number
            assert not cited, number
        else:
            assert FILE.search(where), number
        if verdict == OPERATOR:
            assert re.search(r"`docs/[\w-]+\.md`", where), number


def test_the_page_counts_its_rows_and_above_all_what_is_not_met():
    told = {verdict: int(number) for verdict, number in COUNT.findall(text_of(ASVS))}
    stand = Counter(verdict for *_, verdict, _ in rows())

    assert told == dict(stand)
    assert f"Of the 253 statements {len(rows())} apply." in text_of(ASVS)
    assert sum(STATEMENTS.values()) == 253


def test_nothing_is_claimed_that_only_others_could_say():
    assert "It is no legal advice, no" in text_of("docs/hipaa.md")
    for doc in DOCS:
        for word in ("compliant", "certified", "guarantee"):
            assert word not in text_of(doc).lower(), doc


def test_no_script_writes_markup_runs_text_or_listens_to_other_windows():
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|document\.write|srcdoc"
        r"|\beval\b|new Function|setTimeout\(\s*[\"'`]|setInterval\(\s*[\"'`]|\bimport\("
        r"|postMessage|onmessage|[\"']message[\"']|__proto__|\.prototype\b"
    )
    scripts = sorted((CHECKOUT / "clinic/static/js").glob("*.js"))

    assert len(scripts) > 5
    found = {each.name: forbidden.findall(text_of(str(each))) for each in scripts}
    assert {name: words for name, words in found.items() if words} == {}
