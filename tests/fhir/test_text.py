"""JSON keeps every digit of a decimal."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.errors import BadInput
from clinic.fhir.text import dumps, loads


@pytest.mark.parametrize(
    "text", ["1.50", "0.1", "-0.000", "100000000000000000000.01", "1E+3", "0E-7", "2.5E-12"]
)
def test_a_decimal_comes_back_digit_by_digit(text):
    assert str(loads(dumps(Decimal(text)))) == text


def test_the_text_of_a_decimal_stands_in_json_as_it_was_written():
    assert dumps({"value": Decimal("1.50")}) == '{"value":1.50}'


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_whatever_json_can_hold_comes_back_equal(value):
    assert loads(dumps(value)) == value


def test_half_a_surrogate_pair_can_still_be_written_as_utf_8():
    text = dumps("a\ud800é")

    assert text.encode("utf-8")
    assert loads(text) == "a\ud800é"


def test_words_stand_readable_in_the_file():
    assert dumps("años 🙂") == '"años 🙂"'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{'a': 1}",
        "[1,]",
        "NaN",
        "[Infinity]",
        b"\xff\xfe\x00",
        "[" * 100_000,
        "1e" + "9" * 40,
        "9" * 5000,
    ],
)
def test_what_is_not_json_gets_a_sentence(text):
    with pytest.raises(BadInput, match="JSON"):
        loads(text)


def test_a_fault_of_json_is_told_by_line_and_column():
    with pytest.raises(BadInput, match=r"line 2, column 7"):
        loads('{\n "a": x}')


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), float("nan")])
def test_a_number_without_end_is_never_written(value):
    with pytest.raises(ValueError, match="JSON"):
        dumps(value)


def test_what_json_has_no_name_for_is_refused():
    with pytest.raises(TypeError, match="set"):
        dumps({"a": {1}})
