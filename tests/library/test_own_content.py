"""A clinic's own folder beside the shipped content: pages, approvals, a logo, and its limits."""

import struct
import zlib
from datetime import date
from pathlib import Path

import pytest

from clinic.errors import ContentFault
from clinic.library.articles import Articles, check_articles
from clinic.library.check import unfinished
from clinic.library.claims import claims, due_lines, words_of_languages
from clinic.library.logo import check_logo, read_logo
from clinic.library.own_articles import NEVER_REPLACED
from clinic.library.own_folder import OwnFile, read_own_folder
from clinic.library.places import content_dir
from tests.prepared import shipped_shelf

SIGNED = "reviewed_by: Ana Ruiz\nreviewed_on: 2026-11-20\n"
PRIVACY = "en/pages/privacy.md"


def page(signing: str = SIGNED, more: str = "", body: str = "Park behind the building.") -> str:
    front = f"title: Where to park\npurpose: The car park.\n{signing}{more}review_by: 2027-11-20"
    return f"---\n{front}\n---\n\n{body}\n"


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(root: Path) -> tuple[Articles, list[str]]:
    """The articles with those of the folder, and every fault."""
    articles, faults = check_articles(content_dir(), read_own_folder(root, ("en", "es")))
    return articles, [str(each) for each in faults if not each.unfinished]


def told(root: Path) -> str:
    return "\n".join(read(root)[1])


def entry(file: str, text: str, review_by: str = "2027-11-20") -> str:
    return (
        f"{file}:\n  text: {text}\n  reviewed_by: Ann Lee, MD\n"
        f"  reviewed_on: 2026-11-20\n  review_by: {review_by}\n"
    )


def shipped(file: str):
    return next(each for each in shipped_shelf().articles if each.file == file)


def whole(file: str) -> str:
    """A shipped text as a clinic copies it, signed."""
    text = (content_dir() / file).read_text(encoding="utf-8")
    return text.replace("reviewed_by: null", "reviewed_by: Ann Lee").replace(
        "reviewed_on: null", "reviewed_on: 2026-11-20"
    )


# --- pages of the clinic's own ---


def test_a_page_that_nobody_has_signed_is_not_there_and_is_told_to_wait(tmp_path):
    put(tmp_path, "en/pages/parking.md", page(signing=""))

    articles, faults = read(tmp_path)

    assert faults == []
    assert articles.local() == ()
    assert [str(each).partition(": ")[2] for each in articles.waiting] == [
        "waiting for approval, and not shown: fill in reviewed_by and reviewed_on"
    ]


@pytest.mark.parametrize("half", ["reviewed_by: Ana Ruiz\n", "reviewed_on: 2026-11-20\n"])
def test_half_a_signature_is_a_fault(tmp_path, half):
    put(tmp_path, "en/pages/parking.md", page(signing=half))

    assert "parking.md:4: reviewed_by and reviewed_on go together" in told(tmp_path)


def test_a_signed_page_is_read_in_english_where_it_is_not_translated(tmp_path):
    put(tmp_path, "en/pages/parking.md", page())

    articles, faults = read(tmp_path)
    (in_spanish,) = articles.local("es")

    assert faults == []
    assert (in_spanish.foreign, in_spanish.language, in_spanish.marks) == (True, "en", ())


def test_signing_the_english_does_not_make_its_translation_old(tmp_path):
    put(tmp_path, "en/pages/parking.md", page())
    digest = read(tmp_path)[0].local()[0].digest
    put(tmp_path, "es/pages/parking.md", page(more=f"source_hash: {digest}\n"))
    put(tmp_path, "en/pages/parking.md", page(signing=SIGNED.replace("11-20", "11-25")))

    assert read(tmp_path)[0].local("es")[0].language == "es"

    put(tmp_path, "en/pages/parking.md", page(body="Park in front."))
    assert read(tmp_path)[0].local("es")[0].language == "en"


def test_a_translation_of_older_words_is_told_once_and_not_as_missing_too(tmp_path):
    put(tmp_path, "en/pages/parking.md", page())
    put(tmp_path, "es/pages/parking.md", page(more="source_hash: fa1c7d0f\n"))

    lines = unfinished(content_dir(), read_own_folder(tmp_path, ("en", "es")))

    (line,) = [each for each in lines if "es/pages/parking.md" in each]
    assert "set source_hash to" in line


def test_a_page_past_its_date_is_still_there_and_is_listed_as_due(tmp_path):
    put(tmp_path, "en/pages/parking.md", page())
    articles = read(tmp_path)[0]

    listed = [
        line for line in due_lines(claims(articles, shipped_shelf().book), date(2027, 11, 21))
        if "parking" in line
    ]  # fmt: skip

    assert articles.local()[0].is_overdue(date(2027, 11, 21))
    assert listed == [
        "en/pages/parking.md: Where to park: overdue since 2027-11-20, signed by Ana Ruiz"
    ]


# --- approvals of shipped texts ---


def test_an_approval_takes_the_mark_away_and_brings_its_own_date(tmp_path):
    put(tmp_path, "approvals.yaml", entry(PRIVACY, shipped(PRIVACY).digest))

    articles, faults = read(tmp_path)
    english, spanish = articles.page("privacy"), articles.page("privacy", "es")

    assert faults == []
    assert (english.marks, str(english.review_by)) == ((), "2027-11-20")
    assert spanish.marks == ("Awaiting review by a qualified translator.",)
    assert articles.page("home").marks == ("Awaiting clinical review.",)


def test_a_translator_and_a_clinician_each_take_one_mark_away(tmp_path):
    spanish = "es/pages/privacy.md"
    put(tmp_path, "approvals.yaml", entry(spanish, shipped(spanish).digest))
    assert read(tmp_path)[0].page("privacy", "es").marks == ("Awaiting clinical review.",)

    both = entry(PRIVACY, shipped(PRIVACY).digest) + entry(spanish, shipped(spanish).digest)
    put(tmp_path, "approvals.yaml", both)
    assert read(tmp_path)[0].page("privacy", "es").marks == ()


def test_an_approval_of_older_words_holds_no_longer_and_is_told(tmp_path):
    put(tmp_path, "approvals.yaml", entry(PRIVACY, "a" * 64))

    articles, faults = read(tmp_path)

    assert faults == []
    assert articles.page("privacy").marks == ("Awaiting clinical review.",)
    assert "privacy.md has changed since it was approved" in str(articles.waiting[0])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (entry("en/pages/privcy.md", "a" * 64), ":1: there is no text en/pages/privcy.md"),
        (entry(PRIVACY, "abc"), ":2: 'text' must be what `clinic approval` prints"),
        (entry(PRIVACY, "a" * 64, "2026-01-01"), ":5: 'review_by' must come after 'reviewed_on'"),
        (entry(PRIVACY, "a" * 64) * 2, "duplicate key"),
    ],
)  # fmt: skip
def test_a_wrong_approval_is_told_with_its_line(tmp_path, text, why):
    put(tmp_path, "approvals.yaml", text)

    assert f"approvals.yaml{why}" in told(tmp_path) or why in told(tmp_path)


# --- shipped texts in the clinic's words ---


@pytest.mark.parametrize("key", ["reviewed_by", "reviewed_on", "review_by", "title"])
def test_a_list_of_lists_of_lists_in_place_of_a_word_is_told_and_not_written_out(tmp_path, key):
    lists = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    lists += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 30)]
    signed = {"reviewed_by": "Dr. Example", "reviewed_on": "2026-11-01", "review_by": "2027-11-01"}
    front = "\n".join(f"{name}: {value}" for name, value in ({**signed, key: "*a29"}).items())
    title = "" if key == "title" else "title: Parking\n"
    put(
        tmp_path,
        "en/pages/parking.md",
        f"---\n{chr(10).join(lists)}\n{title}purpose: Where\n{front}\n---\nPark.\n",
    )

    assert f"{key!r} must be" in told(tmp_path)


def test_a_signed_text_stands_in_place_of_the_shipped_one(tmp_path):
    put(tmp_path, PRIVACY, whole(PRIVACY).replace("title: ", "title: Our "))

    articles, faults = read(tmp_path)

    assert faults == []
    assert articles.page("privacy").title.startswith("Our ")
    assert articles.page("privacy", "es").language == "en", "the Spanish is of other words"


def test_without_a_signature_the_shipped_text_stays(tmp_path):
    text = (content_dir() / PRIVACY).read_text(encoding="utf-8")
    put(tmp_path, PRIVACY, text.replace("title: ", "title: Our "))

    assert read(tmp_path)[0].page("privacy").title == shipped(PRIVACY).title


def test_a_text_in_other_words_keeps_every_section(tmp_path):
    section = shipped(PRIVACY).sections[0].id
    put(tmp_path, PRIVACY, whole(PRIVACY).replace(f"{{#{section}}}", "{#another}"))

    assert f"the section {section!r} is missing" in told(tmp_path)


def test_safety_wording_rules_and_questionnaires_are_never_replaced(tmp_path):
    names = [f"en/pages/{name}.md" for name in NEVER_REPLACED]
    for name in names:
        put(tmp_path, name, whole(name))
    for name in ("rules/red-flags.yaml", "es/rules/red-flags.yaml", "questionnaires/x.yaml"):
        put(tmp_path, name, "x: 1\n")

    refused = [each for each in read(tmp_path)[1] if "come with the program: take this out" in each]

    assert len(refused) == len(names) + 3
    assert {"advice", "after-hours", "consent", "next-steps", "safety-net"} <= NEVER_REPLACED


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("most_seconds: 60", "most_seconds: 50", "keep them as shipped"),
        ("numb", "funny", "safety wording: keep it word for word"),
        ("start: childs_pose_start", "start: sphinx", "figures go with the rules"),
    ],
)
def test_a_stretch_keeps_when_not_to_do_it_and_its_dose(tmp_path, old, new, why):
    stretch = "en/stretches/childs-pose.md"
    assert old in whole(stretch)
    put(tmp_path, stretch, whole(stretch).replace(old, new, 1))

    assert why in told(tmp_path)


@pytest.mark.parametrize(
    ("file", "section", "old"),
    [
        ("en/options/stem-cell-therapy.md", "harms", "- numbness between your legs\n"),
        ("es/options/platelet-rich-plasma.md", "harms", "{emergency_number}"),
        ("en/pages/home.md", "first", "call {emergency_number} now"),
        ("en/pages/stretches.md", "not-now", "Do not stretch with a fever"),
    ],
)
def test_a_text_in_other_words_keeps_what_it_says_on_help_and_on_waiting(
    tmp_path, file, section, old
):
    put(tmp_path, file, whole(file).replace("title: ", "title: Our ", 1))
    assert told(tmp_path) == ""

    assert old in whole(file)
    put(tmp_path, file, whole(file).replace(old, "", 1))

    assert f"the section {section!r} is safety wording" in told(tmp_path)


# --- the folder itself ---


def test_what_has_no_place_in_the_folder_is_told(tmp_path):
    misplaced = {
        "aprovals.yaml": "this is not read here",
        "fr/pages/x.md": "no language that the program speaks: use en, es",
        "en/parking.md": "put texts into the folders pages, options or stretches",
        "en/pages/Parking Lot.md": "name a text with small letters",
        "en/options/miracle.md": "only pages can be new",
        "es/pages/parking.md": "write this page in en/pages/parking.md first",
    }
    for name in misplaced:
        put(tmp_path, name, page())

    faults = read(tmp_path)[1]

    assert len(faults) == len(misplaced)
    for why in misplaced.values():
        assert sum(why in each for each in faults) == 1, why


def test_nothing_outside_the_folder_is_read(tmp_path):
    root, secret = tmp_path / "own", tmp_path / "secret.md"
    secret.write_text(page(body="top secret"), encoding="utf-8")
    (root / "en" / "pages").mkdir(parents=True)
    (root / "en/pages/parking.md").symlink_to(secret)
    (root / "en/pages/loop.md").symlink_to(root / "en/pages/loop.md")
    (root / "es").symlink_to(content_dir() / "es")

    articles, faults = read(root)

    assert articles.local() == ()
    assert sum("this leads out of the folder" in each for each in faults) == 3


def test_too_much_is_not_read(tmp_path):
    put(tmp_path, "en/pages/long.md", page(body="a" * 100_001))
    assert "this file is too large: 100 KB is the most" in told(tmp_path)

    for number in range(501):
        (tmp_path / "en" / "pages" / f"p{number}.md").touch()
    assert "more than 500 files" in told(tmp_path)


def test_a_folder_that_is_not_there_is_a_fault(tmp_path):
    assert "there is no such folder" in told(tmp_path / "none")


def test_a_file_of_windows_is_read_and_one_that_is_no_text_is_told(tmp_path):
    put(tmp_path, "en/pages/parking.md", "")
    (tmp_path / "en/pages/parking.md").write_bytes(
        b"\xef\xbb\xbf" + page().replace("\n", "\r\n").encode()
    )
    (tmp_path / "en/pages/other.md").write_bytes(b"\xff\xfe\x00")

    articles, (fault,) = read(tmp_path)

    assert [each.id for each in articles.local()] == ["parking"]
    assert "other.md:1: this is not text in UTF-8" in fault


def test_the_words_of_a_language_have_a_date_like_every_text():
    files = {each.file for each in words_of_languages(content_dir())}

    assert {"es/rules/red-flags.yaml", "es/questionnaires/low-back-intake.yaml"} <= files


# --- the logo ---


def svg(inside: str, head: str = "") -> OwnFile:
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    text = f'{head}<svg {namespaces} viewBox="0 0 120 40">{inside}</svg>'
    return OwnFile("logo.svg", text.encode())


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * (width + 1) * height)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_a_plain_drawing_is_a_logo():
    inside = (
        '<defs><linearGradient id="a"><stop offset="0"/></linearGradient>'
        '<linearGradient id="b" xlink:href="#a"/></defs>'
        '<style>.x{fill:#123}</style><path class="x" fill="url(#b)" d="M0 0h120v40z"/>'
    )
    logo = read_logo(svg(inside))

    assert (logo.kind, logo.shape) == ("image/svg+xml", 3)
    assert read_logo(OwnFile("logo.png", png(80, 40))).shape == 2


@pytest.mark.parametrize(
    "file",
    [
        svg("<script>alert(1)</script>"),
        svg('<path onload="alert(1)"/>'),
        svg('<image xlink:href="https://elsewhere.example/x.png"/>'),
        svg('<path fill="url(https://elsewhere.example/x#a)"/>'),
        svg("<style>@import 'https://elsewhere.example/x.css';</style>"),
        svg("<style>path{fill:u\\72l(x)}</style>"),
        svg("<style>path{fill:red}<g/>@import '//elsewhere.example/x.css';</style>"),
        svg("""<path style="mask:image-set('//elsewhere.example/x.png' 1x)" d="M0 0"/>"""),
        svg('<a href="#x"/>'),
        svg('<path xml:base="https://elsewhere.example/"/>'),
        svg("<foreignObject/>"),
        svg('<use href="#a"/>'),
        svg("<animate/>"),
        svg("<g>" * 40 + "</g>" * 40),
        svg("", head='<?xml-stylesheet href="https://elsewhere.example/x.css"?>'),
        svg("", head='<?xml version="1.0" encoding="ISO-2022-JP"?>'),
        svg("", head='<!DOCTYPE svg [<!ENTITY a "b">]>'),
        OwnFile("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 10"/>'),
        OwnFile("logo.svg", b"<html/>"),
        OwnFile("logo.svg", b"\xff\xfe<"),
        OwnFile("logo.png", png(80, 40)[:-8]),
        OwnFile("logo.png", png(80, 40).replace(b"IDAT", b"IDAX")),
        OwnFile("logo.png", png(2001, 400)),
        OwnFile("logo.png", b"GIF89a"),
    ],
)
def test_a_logo_that_could_act_or_load_something_or_is_broken_is_refused(file):
    logo, faults = check_logo(file)

    assert logo is None
    assert len(faults) == 1
    with pytest.raises(ContentFault, match=file.path):
        read_logo(file)


def test_two_logos_are_one_too_many(tmp_path):
    put(tmp_path, "logo.svg", svg("").content.decode())
    (tmp_path / "logo.png").write_bytes(png(80, 40))

    assert "there are two logos: keep one of them" in told(tmp_path)
