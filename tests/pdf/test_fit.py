"""The small parts of fitting: cutting texts, guessing heights, writing out the style."""

import pytest

from clinic.library.places import templates_dir
from clinic.pdf.estimate import ROOM_PX, estimated_px
from clinic.pdf.fit import FITS, is_short, shortened, within
from clinic.pdf.render import Edition
from clinic.pdf.style import written_out
from tests.pdf.printing import FaceAlone, make_renderer
from tests.summary.patients import EMERGENCY, LONG, PLAIN, summary_of


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("short", 5, "short"),
        ("a  b\nc", 9, "a b c"),
        ("one two three", 9, "one two…"),
        ("supercalifragilistic", 9, "supercal…"),
    ],
)
def test_a_text_is_cut_at_a_word_and_never_longer_than_its_limit(text, limit, cut):
    assert shortened(text, limit) == cut
    assert len(cut) <= limit


def test_a_text_that_is_not_cut_is_short():
    assert is_short("a b", 3)
    assert not is_short("a bc", 3)


@pytest.mark.parametrize(
    ("texts", "limit", "shown"),
    [
        (["one", "two", "three"], 100, ["one", "two", "three"]),
        (["one", "two", "three"], 8, ["one", "two"]),
        (["one", "two", "three"], 7, ["one"]),
        (["one two three"], 9, ["one two…"]),
        ([], 9, []),
    ],
)
def test_texts_stand_whole_as_far_as_a_line_holds_them_and_only_the_first_is_cut(
    texts, limit, shown
):
    assert within(texts, limit) == shown


@pytest.mark.parametrize("answers", [PLAIN, EMERGENCY, LONG], ids=["plain", "emergency", "long"])
def test_a_believable_patient_is_laid_out_once(answers):
    renderer = make_renderer(Counting)
    renderer.count = 0

    renderer.render_summary(summary_of(answers), Edition.CLINIC)

    assert renderer.count == 1


class Counting(FaceAlone):
    """A renderer that counts how often it lays out; of what follows page 1 nothing is guessed."""

    count = 0

    def layout(self, html, sheet):
        self.count += 1
        return super().layout(html, sheet)


def test_tighter_limits_are_guessed_to_need_less_room():
    renderer = make_renderer()
    summary = summary_of(LONG)
    heights = [
        estimated_px(renderer.html(summary, Edition.PATIENT, fit=fit, face_only=True), fit)
        for fit in FITS
    ]

    assert heights[0] > ROOM_PX["letter"] > heights[-1]
    assert heights[:4] == sorted(heights[:4], reverse=True)


def test_no_variable_is_left_in_the_style():
    style = (templates_dir() / "pdf" / "print.css").read_text(encoding="utf-8")

    assert "var(" not in written_out(style, large=False)
    assert ":root" not in written_out(style, large=False)
    assert "15pt" in written_out(style, large=True)
    assert "15pt" not in written_out(style, large=False)
