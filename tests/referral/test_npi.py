"""The check digit of a provider identifier."""

import pytest

from clinic.referral.npi import is_npi


def test_the_worked_example_of_the_standard_is_right():
    assert is_npi("1234567893")


@pytest.mark.parametrize("digit", "012456789")
def test_any_other_check_digit_is_wrong(digit):
    assert not is_npi("123456789" + digit)


@pytest.mark.parametrize(
    "text", ["", "123456789", "12345678930", "3234567893", "12345x7893", "１２３４５６７８９３"]
)
def test_what_is_not_ten_digits_is_wrong(text):
    assert not is_npi(text)
