"""What a new password may be: its length, and what others would try first."""

import pytest

from clinic.store.password_rules import TOO_COMMON, TOO_NEAR, TOO_PLAIN, problem

NEAR = ("Hillside Spine Clinic", "dortiz", "Dana Ortiz")


def told(password, *, has_factor=True):
    return problem(password, has_factor=has_factor, near=NEAR)


@pytest.mark.parametrize(
    ("length", "has_factor", "good"),
    [
        *((14, False, False), (15, False, True), (128, False, True), (129, False, False)),
        *((7, True, False), (8, True, True), (128, True, True), (129, True, False)),
    ],
)
def test_fifteen_characters_are_asked_for_alone_and_eight_beside_a_second_step(
    length, has_factor, good
):
    words = ("vexing quartz jumble by fog and kelp " * 4)[:length]

    assert (told(words, has_factor=has_factor) == "") is good


@pytest.mark.parametrize(
    "password",
    [
        "three quiet words here",
        "two  spaces  between  words",
        "señora güiro añil ñandú",
        "きょうは いいてんきですね おさんぽ",
        "🐟🐠🐡🦈🐙🦑🦐🦞🦀🐚🐌🐛🐜🐝🪲 ok then fish",
        "no digit no sign no capital",
    ],
)
def test_any_characters_are_taken_and_no_kind_is_asked_for(password):
    assert told(password, has_factor=False) == ""


def test_the_length_is_counted_in_one_spelling():
    composed, apart = "é" * 3 + " lait 9", "e\u0301" * 3 + " lait 9"

    assert told(composed) == told(apart) == ""
    assert len(apart) > len(composed)
    assert told("\ufb03" * 2 + "zz") == ""  # NFKC makes six letters of the two


@pytest.mark.parametrize(
    "password",
    ["baseball", "Baseball", "BASEBALL!!", "baseball2026", "b@s3ba11", "  baseball  ", "1q2w3e4r"],
)
def test_a_common_password_is_refused_however_it_is_dressed(password):
    assert told(password) == TOO_COMMON


@pytest.mark.parametrize(
    "password",
    [
        "baseballbaseball",
        "abcdefghijklmno",
        "zyxwvutsrqponml",
        "123456789012345",
        "----------------",
        *["asdfghjklasdfghjkl", "x" * 20, " " * 15, "kelpkelpkelpkelp"],
    ],
)
def test_runs_and_repeats_are_refused(password):
    assert told(password, has_factor=False) == TOO_PLAIN


@pytest.mark.parametrize(
    "password",
    [
        *["Hillside Spine 2026", "dana.ortiz.1980", "HILLSIDE-clinic!", "dortiz at clinic"],
        *["ortizdana123", "h1lls1de sp1ne", "low back pain clinic", "welcome to clinic"],
    ],
)
def test_a_password_made_of_near_words_is_refused(password):
    assert told(password) == TOO_NEAR


def test_a_near_word_among_others_does_no_harm():
    assert told("the hillside smells of thyme") == ""
    assert problem("kelp and fog", has_factor=True, near=("", " ", "of")) == ""
