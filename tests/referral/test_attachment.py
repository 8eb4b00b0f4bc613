"""What a receiver may attach, told by its bytes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.errors import BadInput
from clinic.referral import attachment
from clinic.referral.attachment import LONGEST_NAME, MOST_BYTES, MediaType, attached_file, tidy_name

PDF = b"%PDF-1.4 all of it %%EOF\n"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, MediaType.PDF),
        ("A.PDF", PDF, MediaType.PDF),
        ("a.pdf", b"%PDF-1.4" + b"\0" * 3000 + b"%%EOF" + b"\n" * 1019, MediaType.PDF),
        ("note.txt", "\ufeffGrüße,\r\n\tall well.\f".encode(), MediaType.TEXT),
        ("note.txt", b"<script>alert(1)</script>", MediaType.TEXT),
    ],
)
def test_a_whole_pdf_and_a_plain_text_are_taken_as_they_are(name, content, kind):
    file = attached_file(name, content)

    assert (file.media_type, file.content) == (kind, content)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"\n" + PDF, attachment.NO_PDF),
        ("a.pdf", b"MZ" + PDF, attachment.NO_PDF),
        ("a.pdf", b"%PDF-1.4" + b"%%EOF" + b"\n" * 1020, attachment.NOT_WHOLE),
        ("a.txt", PDF, attachment.NO_TEXT),
        ("a.txt", "All well.".encode("utf-16"), attachment.NO_TEXT),
        ("a.txt", b"bell \x07", attachment.NO_TEXT),
        ("a.txt", b" \r\n ", attachment.EMPTY),
        ("a.pdf", b"", attachment.EMPTY),
        ("a.pdf.exe", PDF, attachment.NOT_TAKEN),
        ("pdf", PDF, attachment.NOT_TAKEN),
        (".pdf", PDF, attachment.NOT_TAKEN),
        ("", PDF, attachment.NOT_TAKEN),
        ("a.pdf", b"x" * (MOST_BYTES + 1), attachment.TOO_LARGE),
    ],
)
def test_anything_else_is_told_how_to_mend_it(name, content, words):
    with pytest.raises(BadInput) as refused:
        attached_file(name, content)

    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/note.pdf", "note.pdf"),
        ("C:\\Users\\desk\\note.pdf", "note.pdf"),
        ("two\r\nlines\t.pdf", "twolines.pdf"),
        ("fdp.\u202eetoh.pdf", "fdp.etoh.pdf"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
        ("..hidden.txt", "hidden.txt"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(name, plain):
    assert tidy_name(name) == plain


@given(st.text(max_size=400))
def test_no_name_is_too_long_or_holds_what_prints_nothing(name):
    plain = tidy_name(name)

    assert len(plain) <= LONGEST_NAME
    assert "/" not in plain
    assert "\\" not in plain
    assert plain == "".join(each for each in plain if each.isprintable())


@given(st.binary(max_size=300), st.sampled_from(["a.pdf", "a.txt"]))
def test_bytes_that_are_taken_are_what_their_name_says(content, name):
    with suppress(BadInput):
        file = attached_file(name, content)
        is_pdf = content.startswith(b"%PDF-")
        assert file.content == content
        assert is_pdf is (file.media_type is MediaType.PDF)
