"""Articles are read whole, and every fault of their files is told with its line."""

import re
import shutil
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from clinic.errors import ContentFault, NotFound
from clinic.library.article_files import FACTS
from clinic.library.articles import check_articles, read_articles, untranslated
from clinic.library.drawings import check_drawings, read_drawings
from clinic.library.placeholders import PLACEHOLDERS, filled, filled_text
from clinic.library.sources import check_sources, read_sources

CONTENT = Path(__file__).parents[2] / "content"
STRETCH = "en/stretches/childs-pose.md"
OPTION = "en/options/stem-cell-therapy.md"


@pytest.fixture(scope="module")
def articles():
    return read_articles(CONTENT)


@pytest.fixture
def content(tmp_path):
    """A copy of the parts of content/ that articles are read from, to be spoilt."""
    copy = tmp_path / "content"
    copy.mkdir()
    shutil.copytree(CONTENT / "en", copy / "en")
    shutil.copytree(CONTENT / "figures", copy / "figures")
    shutil.copy(CONTENT / "sources.yaml", copy)
    return copy


def spoil(content, name, old, new):
    """Change one place of a file, and give the line it stood on."""
    path = content / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must stand once in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults_of(content):
    return [str(fault) for fault in check_articles(content)[1]]


# --- what is there ---


def test_the_three_stretches_come_in_the_order_of_the_source_article(articles):
    assert [each.id for each in articles.stretches()] == ["childs-pose", "knee-to-chest", "sphinx"]


def test_choosing_a_facility_is_no_option_but_can_be_read(articles):
    assert [each.id for each in articles.options()] == [
        "stem-cell-therapy",
        "platelet-rich-plasma",
    ]
    assert articles.get("options", "choosing-a-facility").section("checklist").items


@pytest.mark.parametrize(
    "page",
    [
        "home", "privacy", "accessibility", "how-we-decide", "stretches", "options",
        "after-sending", "safety-net",
    ],
)  # fmt: skip
def test_every_page_of_the_design_has_its_text(articles, page):
    assert articles.page(page).sections


def test_every_article_awaits_review_and_says_by_when(articles):
    for article in articles:
        reviewer = {"en": "clinical review"}.get(
            article.language, "review by a qualified translator"
        )
        assert article.status == f"awaiting {reviewer}", article.id
        assert article.reviewed_by is None
        assert article.review_by.isoformat() == "2027-05-01"
        assert article.sources


def test_titles_and_headings_need_nothing_filled_in(articles):
    for article in articles:
        told = [article.title, article.purpose, *(each.title for each in article.sections)]
        told += [fact.text for fact in article.facts.values()]
        assert not [text for text in told if "{" in text]


def test_a_section_gives_html_text_and_list_items(articles):
    steps = articles.get("stretches", "childs-pose").section("steps")

    assert steps.title == "Steps"
    assert steps.html.startswith("<ol>\n<li>Get on your hands and knees")
    assert len(steps.items) == 4
    assert steps.items[3].startswith("Reach your arms out long. Breathe deeply")
    assert "Get on your hands and knees on the floor, like a table." in steps.text


def test_an_article_gives_its_whole_body_with_headings(articles):
    html = articles.get("stretches", "sphinx").html

    assert '<h2 id="not-if">When not to do it</h2>' in html
    assert html.index('id="not-if"') < html.index('id="steps"') < html.index('id="evidence"')


def test_an_option_has_a_label_of_facts_with_sources(articles):
    facts = articles.get("options", "platelet-rich-plasma").facts

    assert "prp-trial-2022" in facts["certainty"].sources


def test_every_option_has_the_same_rows_in_the_same_order(articles):
    for option in articles.options():
        assert tuple(option.facts) == FACTS
        assert all(fact.text and fact.sources for fact in option.facts.values())


@pytest.mark.parametrize("row", ["benefits", "harms"])
def test_help_and_harm_are_told_in_plain_numbers_and_what_is_not_known_is_said(articles, row):
    for option in articles.options():
        told = option.facts[row].text
        assert re.search(r"\b\d+ (of|in) \d+\b", told), told
        assert "not known" in told


def test_a_line_of_the_label_may_be_due_sooner_than_the_rest(content):
    spoil(
        content,
        OPTION,
        "    text: Being studied. Not",
        "    review_by: 2026-12-01\n    text: Being studied. Not",
    )
    option = read_articles(content).get("options", "stem-cell-therapy")

    assert option.facts["status"].review_by == date(2026, 12, 1)
    assert option.facts["harms"].review_by == option.review_by == date(2027, 5, 1)
    assert option.facts["status"].checked_on == option.checked_on
    assert not option.is_overdue(date(2026, 12, 1))
    assert option.is_overdue(date(2026, 12, 2))


@pytest.mark.parametrize(
    ("day", "overdue"), [("2027-04-30", False), ("2027-05-01", False), ("2027-05-02", True)]
)
def test_a_text_is_overdue_from_the_day_after_its_review_date(articles, day, overdue):
    for option in articles.options():
        assert option.is_overdue(date.fromisoformat(day)) is overdue
        for fact in option.facts.values():
            assert fact.is_overdue(date.fromisoformat(day)) is overdue


def test_a_label_in_another_order_is_told(content):
    path = content / OPTION
    text = path.read_text(encoding="utf-8")
    label = text[text.index("  status:\n    text: Being") : text.index("  benefits:\n")]
    first, _, second = label.partition("  certainty:")
    path.write_text(text.replace(label, f"  certainty:{second}{first}"), encoding="utf-8")

    (told,) = faults_of(content)

    assert "write the label in the order status, certainty, benefits" in told


@pytest.mark.parametrize("row", FACTS)
def test_a_label_without_one_of_its_rows_is_told(content, row):
    path = content / OPTION
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(rf"^  {row}:\n(    .*\n)+", "", text, flags=re.MULTILINE), "utf-8")

    (told,) = faults_of(content)

    assert told.endswith(f"{row!r} is missing: add it")


def test_the_numbers_of_a_stretch_can_be_read(articles):
    sphinx = articles.get("stretches", "sphinx")

    assert (sphinx.hold.least_seconds, sphinx.hold.most_seconds, sphinx.hold.sides) == (30, 60, 1)
    assert (sphinx.repeats.least, sphinx.repeats.most) == (1, 3)
    assert sphinx.figures.easier == ("sphinx_easier",)


def test_what_is_not_there_is_not_found(articles):
    with pytest.raises(NotFound):
        articles.get("stretches", "cobra")
    with pytest.raises(NotFound):
        articles.page("home").section("nowhere")
    with pytest.raises(NotFound):
        read_sources(CONTENT).source("nobody-1999")
    with pytest.raises(NotFound):
        read_drawings(CONTENT).get("cobra")


def test_a_text_without_translation_is_given_in_english(articles):
    assert articles.get("pages", "home", "qq").language == "en"


def test_each_drawing_that_a_stretch_names_has_words(articles):
    drawings = read_drawings(CONTENT)

    for stretch in articles.stretches():
        for name in (stretch.figures.start, stretch.figures.end, *stretch.figures.easier):
            assert drawings.get(name).alt
    assert drawings.get("hero").alt == ""


# --- what the clinic fills in ---


def test_the_clinics_own_values_are_filled_in_and_escaped():
    assert filled("<p>Call {clinic_phone}.</p>", {"clinic_phone": "<b>1</b>"}) == (
        "<p>Call &lt;b&gt;1&lt;/b&gt;.</p>"
    )
    assert filled_text("Call {clinic_phone}.", {"clinic_phone": "1 & 2"}) == "Call 1 & 2."


@pytest.mark.parametrize("language", ["en", "es"])
def test_consent_says_for_how_many_days_the_clinic_keeps_what_was_not_sent(articles, language):
    text = articles.page("consent", language).section("choice").text

    assert "{resume_days} d" in text
    assert not re.search(r"\d", text)


def test_a_value_that_looks_like_a_place_is_not_filled_again():
    values = {"clinic_name": "{clinic_phone}", "clinic_phone": "555"}

    assert filled("{clinic_name}", values) == "{clinic_phone}"


def test_a_place_without_a_value_stops_the_page():
    with pytest.raises(KeyError):
        filled("{emergency_number}", {})


def test_the_safety_net_names_the_emergency_number_of_the_place(articles):
    signs = articles.page("safety-net").section("signs")

    told = filled_text(signs.text, {"emergency_number": "112"})

    assert "call 112 if you get:" in told
    assert len(signs.items) == 8


# --- what is wrong is told ---


def test_an_untouched_copy_has_no_fault(content):
    assert faults_of(content) == []


def test_a_misspelt_key_is_told_with_its_line_and_the_right_word(content):
    line = spoil(content, STRETCH, "purpose:", "purpos:")

    told = faults_of(content)

    assert f"content/{STRETCH}:{line}: unknown key 'purpos': did you mean 'purpose'?" in told
    assert f"content/{STRETCH}:2: 'purpose' is missing: add it" in told


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (STRETCH, "review_by: 2027-05-01", "review_by: 2027-02-31", "'review_by' must be a date"),
        (STRETCH, "review_by: 2027-05-01", "review_by: null", "'review_by' must be a date"),
        (STRETCH, "version: 1", "version: one", "'version' must be a whole number"),
        (STRETCH, "version: 1", "version: 0", "'version' must be 1 or more, not 0"),
        (STRETCH, "status: awaiting clinical review", "status: fine", "'status' must be one of"),
        (STRETCH, "status: awaiting clinical review", "status: reviewed", "needs reviewed_by"),
        (STRETCH, "title: Child's pose", "title: 7", "'title' must be text"),
        (STRETCH, "  start: childs_pose_start", "  start: no_such", "no drawing 'no_such'"),
        (STRETCH, "  - mayo-knee-to-chest", "  - mayo-1066", "unknown source 'mayo-1066'"),
        (STRETCH, "repeats: {least: 1, most: 3}", "repeats: {least: 4, most: 3}", "least above"),
        (STRETCH, "repeats: {least: 1, most: 3}", "repeats: 3", "must hold `key: value` pairs"),
        (OPTION, "sources: [who-2023, acp-2017]", "sources: [who-1066]", "unknown source"),
        (OPTION, "  certainty:", "  sureness:", "unknown key 'sureness'"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_line(content, name, old, new, message):
    line = spoil(content, name, old, new)

    told = [fault for fault in faults_of(content) if message in fault]

    assert [fault.partition(": ")[0] for fault in told] == [f"content/{name}:{line}"]


@pytest.mark.parametrize("seconds", ["61", "0", "-5", "'60'"])
def test_a_hold_longer_than_a_minute_or_without_sense_is_told(content, seconds):
    line = spoil(content, STRETCH, "  most_seconds: 60", f"  most_seconds: {seconds}")

    (told,) = faults_of(content)

    assert told.startswith(f"content/{STRETCH}:{line}: 'most_seconds' must be")


@pytest.mark.parametrize("seconds", ["60", "1"])
def test_a_hold_of_a_minute_or_less_is_fine(content, seconds):
    spoil(content, STRETCH, "  most_seconds: 60", f"  most_seconds: {seconds}")

    assert faults_of(content) == []


@pytest.mark.parametrize(
    "section", ["why", "muscles", "not-if", "steps", "feel", "dose", "easier", "mistakes", "floor",
                "breathing", "evidence"],
)  # fmt: skip
def test_a_missing_section_is_told(content, section):
    spoil(content, STRETCH, f"{{#{section}}}", "{#other}")

    (told,) = faults_of(content)

    assert f"the section '{section}' is missing" in told


def test_a_heading_without_an_id_is_told_with_its_line(content):
    line = spoil(content, STRETCH, "## Steps {#steps}", "## Steps")

    told = f"content/{STRETCH}:{line}: write headings as `## Heading text {{#id}}`"
    assert told in faults_of(content)


def test_an_id_used_twice_is_told(content):
    spoil(content, STRETCH, "{#feel}", "{#steps}")

    assert any("'steps' stands here a second time" in fault for fault in faults_of(content))


def test_six_steps_are_too_many_and_two_too_few(content):
    spoil(content, STRETCH, "4. Reach your arms", "4. One.\n5. Two.\n6. Reach your arms")
    assert [fault for fault in faults_of(content) if "3 to 5 numbered steps" in fault]

    spoil(content, "en/stretches/sphinx.md", "3. Slowly lift", "   Slowly lift")
    spoil(content, "en/stretches/sphinx.md", "4. Does it feel", "   Does it feel")
    spoil(content, "en/stretches/sphinx.md", "5. Hold for", "   Hold for")
    assert [fault for fault in faults_of(content) if "sphinx.md" in fault]


def test_a_place_that_nothing_fills_is_told_with_its_line(content):
    line = spoil(content, STRETCH, "**Stop and call us at {clinic_phone} if:**", "Call {phone}.")

    (told,) = faults_of(content)

    assert told.startswith(f"content/{STRETCH}:{line}: unknown {{phone}}: use {{")
    assert all(f"{{{name}}}" in told for name in PLACEHOLDERS)


def test_a_file_without_front_matter_is_told(content):
    (content / STRETCH).write_text("# Child's pose\n", encoding="utf-8")

    (told,) = faults_of(content)

    assert told.startswith(f"content/{STRETCH}:1: begin with front matter: `key: value` lines")


def test_front_matter_that_is_not_yaml_is_told_with_its_line(content):
    line = spoil(content, STRETCH, "version: 1", "version: [1")

    (told,) = faults_of(content)

    assert told.startswith(f"content/{STRETCH}:")
    assert "not YAML" in told
    assert int(told.split(":")[1]) >= line


def test_all_faults_of_all_files_are_told_at_once(content):
    spoil(content, STRETCH, "purpose:", "purpos:")
    spoil(content, OPTION, "{#harms}", "{#hurts}")

    with pytest.raises(ContentFault) as told:
        read_articles(content)

    assert len(told.value.faults) == 3


def test_raw_html_is_shown_as_text_and_not_obeyed(content):
    spoil(content, STRETCH, "Child's pose comes from yoga.", "<script>alert(1)</script> Yoga.")

    html = read_articles(content).get("stretches", "childs-pose").html

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Yoga." in html


def test_a_picture_from_elsewhere_is_never_loaded(content):
    spoil(content, STRETCH, "Child's pose comes from yoga.", "![x](https://example.org/x.png)")

    assert "<img" not in read_articles(content).get("stretches", "childs-pose").html


# --- translations ---


def translate(content, source_hash, page="stretches/childs-pose.md"):
    english = (content / "en" / page).read_text(encoding="utf-8")
    spanish = content / "es" / page
    spanish.parent.mkdir(parents=True)
    translated = english.replace("title: Child's pose", "title: Postura del niño")
    translated = translated.replace("clinical review", "review by a qualified translator")
    mark = f"source_hash: {source_hash}\nversion: 1"
    spanish.write_text(translated.replace("version: 1", mark), encoding="utf-8")


def test_a_translation_of_the_english_as_it_stands_is_given(content, articles):
    translate(content, articles.get("stretches", "childs-pose").digest)

    found = read_articles(content)

    assert found.get("stretches", "childs-pose", "es").title == "Postura del niño"
    assert [each.language for each in found.stretches("es")] == ["es", "en", "en"]


def test_a_translation_of_an_older_english_is_told_and_the_english_is_shown(content, articles):
    translate(content, articles.get("stretches", "childs-pose").digest)
    spoil(content, STRETCH, "like a table", "like a bench")

    found, faults = check_articles(content)
    (told,) = faults

    assert str(told).startswith("content/es/stretches/childs-pose.md:1: not made from the English")
    assert told.unfinished
    assert found.get("stretches", "childs-pose", "es").language == "en"
    assert read_articles(content).get("stretches", "childs-pose", "es").language == "en"


def test_an_old_or_missing_translation_of_a_safety_page_is_a_fault(content, articles):
    translate(content, "old", page="pages/safety-net.md")
    found, faults = check_articles(content)
    lacking = {each.path: each.unfinished for each in untranslated(found, content)}

    assert [fault.unfinished for fault in faults] == [False]
    assert lacking["content/es/pages/consent.md"] is False
    assert lacking["content/es/pages/home.md"] is True
    with pytest.raises(ContentFault):
        read_articles(content)


def test_a_translation_waits_for_a_translator_and_the_english_does_not(content, articles):
    translate(content, articles.get("stretches", "childs-pose").digest)
    awaiting = ("awaiting review by a qualified translator", "awaiting clinical review")
    spoil(content, "es/stretches/childs-pose.md", *awaiting)
    spoil(content, OPTION, *reversed(awaiting))

    told = faults_of(content)

    assert [fault.split(":")[0] for fault in told if "'status' must be one of" in fault] == [
        f"content/{OPTION}", "content/es/stretches/childs-pose.md",
    ]  # fmt: skip


# --- sources and drawings ---


def test_a_wrong_source_is_told_with_its_line(content):
    line = spoil(content, "sources.yaml", "henschke-2009:\n", "henschke-2009:\n  colour: red\n")

    (told,) = check_sources(content)[1]

    assert str(told).endswith(f"sources.yaml:{line + 1}: unknown key 'colour': use also, by, "
                              "checked_on, note, read, title, to_replace, url, year")  # fmt: skip


def test_no_reader_is_led_to_a_front_page_or_a_blog():
    sources = read_sources(CONTENT).by_key.values()
    links = [urlsplit(source.link) for source in sources if source.link]

    assert [link.geturl() for link in links if not link.path.strip("/")] == []
    assert [link.netloc for link in links if "blog" in link.netloc or "scribd" in link.netloc] == []
    assert all(source.link is None for source in sources if source.to_replace)


@pytest.mark.parametrize(
    ("new", "why"),
    [("nlm.nih.gov/", "leads to a front page"), ("nlm.nih.gov[/1", "is no address of a page")],
)
def test_a_link_to_a_front_page_or_to_nowhere_is_told(content, new, why):
    line = spoil(content, "sources.yaml", "nlm.nih.gov/19790051", new)

    (told,) = check_sources(content)[1]

    assert f"sources.yaml:{line}: 'url' {why}" in str(told)


def test_a_source_named_twice_is_told(content):
    path = content / "sources.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nhenschke-2009: {}\n", encoding="utf-8")

    assert any("duplicate key" in str(fault) for fault in check_sources(content)[1])


def test_a_missing_file_of_sources_is_told(content):
    (content / "sources.yaml").unlink()

    assert any("the file is missing" in str(fault) for fault in check_sources(content)[1])


def test_a_drawing_without_words_and_words_without_a_drawing_are_told(content):
    spoil(content, "en/figures.yaml", "sphinx_easier:", "sphinx_harder:")

    told = [str(fault) for fault in check_drawings(content)[1]]

    assert any("no words for the drawing 'sphinx_easier'" in fault for fault in told)
    assert any("no drawing 'sphinx_harder'" in fault for fault in told)


def test_a_drawing_carries_its_words_in_the_language_asked_for(content):
    words = (content / "en/figures.yaml").read_text(encoding="utf-8")
    (content / "es").mkdir()
    spanish = words.replace('"Sphinx stretch"', '"Esfinge <b>"')
    (content / "es/figures.yaml").write_text(spanish, encoding="utf-8")

    drawings = read_drawings(content)

    assert "Esfinge &lt;b&gt;</title>" in drawings.get("sphinx", "es").svg
    assert "Sphinx stretch</title>" in drawings.get("sphinx").svg
