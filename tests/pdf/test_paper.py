"""Small papers: tagged, titled, with language, page x of y and whom to call, and a QR code."""

from io import BytesIO

import pikepdf
import pytest
import segno
from pypdf import PdfReader

from clinic.errors import Unavailable
from clinic.library.places import content_dir, templates_dir
from clinic.pdf.paper import Paper, render_paper
from clinic.pdf.qr import drawn_qr, qr_address
from clinic.pdf.render import Renderer
from tests.pdf.printing import FONTS, pages_of, shipped_handouts
from tests.summary.patients import CLINIC

LINK = "https://clinic.example/r/a-b_c%20d"
ONE = """{% extends "pdf/paper.html" %}
{% block body %}<h1>{{ words }}</h1><img src="{{ link | qr_address }}" alt="QR code: {{ link }}">
{% for n in range(lines) %}<p>Line {{ n }}</p>{% endfor %}{% endblock %}"""
THIEF = """{% extends "pdf/paper.html" %}
{% block body %}<img src="file:///etc/hostname" alt="x">{% endblock %}"""


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """What a renderer is made of, with two templates of the test's own."""
    folder = tmp_path_factory.mktemp("templates") / "pdf"
    folder.mkdir()
    for name in ("paper.html", "print.css"):
        (folder / name).write_text((templates_dir() / "pdf" / name).read_text("utf-8"), "utf-8")
    (folder / "one.html").write_text(ONE, "utf-8")
    (folder / "thief.html").write_text(THIEF, "utf-8")
    return {
        "templates": folder.parent,
        "figures": content_dir() / "figures",
        "fonts": FONTS,
        "handouts": shipped_handouts(),
    }


@pytest.fixture(scope="module")
def renderer(kit) -> Renderer:
    return Renderer(**kit)


def make_paper(template: str = "one", fits=({"lines": 3},), **more) -> Paper:
    return Paper(
        template=template,
        values={"words": "A slip", "link": LINK},
        title="Slip 7",
        who="Slip 7",
        made="Made on March 17, 2026",
        clinic=CLINIC,
        fits=fits,
        **more,
    )


def test_a_paper_is_tagged_titled_numbered_and_says_whom_to_call(renderer):
    pdf = render_paper(renderer, make_paper(language="es"))

    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == "es"
        assert str(opened.docinfo["/Title"]) == "Slip 7"
    page = pages_of(pdf)[0]
    assert "Página 1 de 1" in page
    assert f"llame al {CLINIC.emergency_number}" in page
    assert f"mensaje de texto al {CLINIC.crisis_line}" in page
    assert "Made on March 17, 2026" in page


def test_a_paper_takes_the_roomiest_fit_that_is_one_page(renderer):
    pages = pages_of(render_paper(renderer, make_paper(fits=({"lines": 300}, {"lines": 9}))))

    assert len(pages) == 1
    assert "Line 8" in pages[0]


def test_a_paper_that_never_fits_is_printed_whole_under_the_last(renderer):
    pages = pages_of(render_paper(renderer, make_paper(fits=({"lines": 400}, {"lines": 300}))))

    assert len(pages) > 1
    assert "Line 299" in pages[-1]


def test_a_paper_loads_nothing_from_elsewhere(renderer):
    with pytest.raises(Unavailable):
        render_paper(renderer, make_paper("thief"))


def test_a_qr_code_holds_the_very_text(renderer):
    same = segno.make(LINK, error="m", micro=False)
    drawn = drawn_qr(qr_address(LINK).partition("?")[2])

    assert f'viewBox="0 0 {same.symbol_size(border=4)[0]} '.encode() in drawn
    assert PdfReader(BytesIO(render_paper(renderer, make_paper()))).pages[0]


def test_no_paper_keeps_the_qr_code_of_another(renderer):
    render_paper(renderer, make_paper())

    assert not [each for each in renderer.pictures if str(each).startswith("asset:qr")]
