"""National Provider Identifiers: ten digits, the last of which checks the others.

Source: 45 CFR 162.406 and ISO/IEC 7812 (the Luhn formula over 80840 and the number).
"""

PREFIX = "80840"
LENGTH = 10


def is_npi(text: str) -> bool:
    """True of ten digits, beginning with 1 or 2, whose check digit fits."""
    if len(text) != LENGTH or not (text.isascii() and text.isdigit()) or text[0] not in "12":
        return False
    digits = [int(digit) for digit in reversed(PREFIX + text)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
