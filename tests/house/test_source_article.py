"""Every fact of the article this app grew from is still told, and none is contradicted."""

import re
from pathlib import Path

import pytest

CONTENT = Path(__file__).parents[2] / "content" / "en"
STRETCHES = ("childs-pose", "knee-to-chest", "sphinx")
OPTIONS = ("stem-cell-therapy", "platelet-rich-plasma")

FACTS = {
    "pages/stretches.md": [
        r"reduce back pain and tension",
        r"range of motion",
        r"make your low back muscles stronger",
        r"Be gentle when you stretch",
        r"with care\. That is how you build up strength and let go of tension",
        r"child's pose, knee-to-chest and the sphinx",
        r"let go of tension at once",
        r"pain relief in the long run",
        r"breathe with ease, slow and smooth",
        r"breath as a gauge, so you don't overdo it",
    ],
    "stretches/childs-pose.md": [
        r"comes from yoga",
        r"to restore you",
        r"muscles of your low back, your buttocks and your thighs",
        r"tension along your neck, your shoulders and your spine",
        r"1\. Get on your hands and knees on the floor, like a table",
        r"2\. Let your hips sink back until they rest on your heels",
        r"3\. Slowly fold forward as you walk your hands out in front",
        r"stomach come to rest on your thighs",
        r"4\. Reach your arms out long\. Breathe deeply and let go of any tension",
        r"Hold for 1 minute, or as long as it feels good",
    ],
    "stretches/knee-to-chest.md": [
        r"lets go of tension in your low back",
        r"relaxes the muscles of your hips, your buttocks \(glutes\) and your thighs",
        r"1\. Lie on your back with your feet flat on the floor",
        r"2\. Pull your right knee to your chest",
        r"left leg stretch out along the floor",
        r"3\. Hug your knee in",
        r"hands behind your thigh or around your shinbone",
        r"Do not let your hips lift",
        r"4\. Breathe deeply for up to 1 minute",
        r"5\. .*the same with your left leg",
    ],
    "stretches/sphinx.md": [
        r"a gentle bend backward, like a sphinx",
        r"strengthen and lengthen your spine, chest and core",
        r"1\. Lie on the floor on your stomach",
        r"2\. Plant your hands ahead of your shoulders\. Tighten your buttocks and your core",
        r"\(glutes\)",
        r"3\. Slowly lift your chest off the floor as your arms get longer",
        r"too strong\? Lower your forearms to the floor",
        r"with your shoulders right over your elbows",
        r"Hold for 30 seconds to 1 minute\. Then come back down to the floor",
    ],
    "pages/options.md": [
        r"Regenerative medicine is a field that changes fast",
        r"aims to make new treatments for many health problems",
        r"low back pain is one of them",
        r"being studied for low back pain",
        r"Stem cell therapy",
        r"Platelet-rich plasma \(PRP\) therapy",
        r"explore another option",
        r"in place of usual care, or along with it",
        r"board-certified providers and a positive, reputable background",
        r"Talk to your healthcare provider",
        r"best for your care and wellness",
    ],
    "options/stem-cell-therapy.md": [
        r"cells that can turn into many other kinds of cells in the body",
        r"put into the sore area with a needle",
        r"The aim is to help new, healthy tissue grow",
    ],
    "options/platelet-rich-plasma.md": [
        r"some of your own blood is drawn",
        r"processed so that there are more platelets",
        r"put into the sore area with a needle",
        r"The aim is to promote healing and help tissue regenerate",
    ],
    "options/choosing-a-facility.md": [
        r"board-certified providers do the treatment",
        r"a positive and reputable background",
        r"Talk to your healthcare provider",
    ],
}
IN_EVERY_OPTION = [
    r"field changes fast",
    r"aims to make new treatments for many health problems, and low back pain is one of them",
    r"still being studied for low back pain",
    r"in place of usual care, or along with it",
    r"before you stop any treatment",
    r"should be board-certified",
    r"a good name and a good record",
    r"Talk to your healthcare provider to find out which option may be best for your care and",
]
IN_EVERY_STRETCH = [
    r"breathe with ease the whole time",
    r"you are doing too much",
    r"ease tension at once and may bring relief in the long run",
]
EVERY_FACT = (
    [(name, fact) for name, facts in FACTS.items() for fact in facts]
    + [(f"options/{option}.md", fact) for option in OPTIONS for fact in IN_EVERY_OPTION]
    + [(f"stretches/{stretch}.md", fact) for stretch in STRETCHES for fact in IN_EVERY_STRETCH]
)

# Words that promise what nobody can, whoever says them first.
PROMISES = re.compile(
    r"\b(heals?|healed|safe|safely|regenerates?|regenerated|cures?|cured|guarantee\w*|miracle"
    r"|natural|naturally|painless|proven to)\b",
    re.IGNORECASE,
)
# Telling what is aimed at, or what a seller says, is not a promise of ours.
TOLD_AS_AN_AIM = re.compile(r"\bThe aim is\b")
LONGER_THAN_A_MINUTE = re.compile(
    r"\b([2-9]|\d\d+) minutes?\b|\b(6[1-9]|[7-9]\d|\d{3,}) seconds?\b|\b(two|three|five) minutes",
    re.IGNORECASE,
)


def text_of(name: str) -> str:
    return (CONTENT / name).read_text(encoding="utf-8")


def section_of(name: str, section_id: str) -> str:
    _, _, after = text_of(name).partition(f"{{#{section_id}}}")
    return after.partition("\n## ")[0]


@pytest.mark.parametrize(("name", "fact"), EVERY_FACT)
def test_a_fact_of_the_source_article_is_told(name, fact):
    assert re.search(fact, text_of(name), re.IGNORECASE), f"{name} lost: {fact}"


@pytest.mark.parametrize("stretch", STRETCHES)
def test_no_stretch_is_held_longer_than_a_minute(stretch):
    for section in ("steps", "dose", "easier", "breathing"):
        told = section_of(f"stretches/{stretch}.md", section)
        assert told.strip()
        assert not LONGER_THAN_A_MINUTE.search(told), f"{stretch}, {section}"


def test_a_time_over_a_minute_would_be_seen():
    assert LONGER_THAN_A_MINUTE.search("Hold for 2 minutes.")
    assert LONGER_THAN_A_MINUTE.search("Hold for 90 seconds.")
    assert not LONGER_THAN_A_MINUTE.search("Hold for 30 seconds to 1 minute.")


@pytest.mark.parametrize("path", sorted(CONTENT.rglob("*.md")), ids=lambda path: path.stem)
def test_no_text_promises_what_nobody_can(path):
    # The red lights quote what a seller may say; the reader is told to walk away from it.
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"## Red lights.*?(?=\n## )", "", text, flags=re.DOTALL)
    sentences = re.split(r"(?<=[.!?])\s+|\n+", text)

    promises = [each for each in sentences if PROMISES.search(each)]

    assert [each for each in promises if not TOLD_AS_AN_AIM.search(each)] == []


@pytest.mark.parametrize("option", OPTIONS)
def test_no_option_is_told_to_be_approved_for_the_back(option):
    text = text_of(f"options/{option}.md")

    assert re.search(r"has not approved .*back pain", text)
    assert "only cord" not in text.lower()


@pytest.mark.parametrize("option", [*OPTIONS, "choosing-a-facility"])
def test_fifteen_questions_are_offered_for_the_provider(option):
    asked = section_of(f"options/{option}.md", "ask")

    assert re.findall(r"^(\d+)\. ", asked, re.MULTILINE) == [str(n) for n in range(1, 16)]
