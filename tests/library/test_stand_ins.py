"""English words of the rules that stand in for missing Spanish ones are named as English."""

import shutil
from pathlib import Path

from clinic.catalogue import with_english_marked
from clinic.library.places import content_dir
from clinic.library.stand_ins import stand_ins


def test_what_a_language_lacks_is_known_by_its_english_words(tmp_path):
    content = tmp_path / "content"
    for part in ("rules", "summary", "es/rules", "es/summary"):
        shutil.copytree(content_dir() / part, content / part)
    assert stand_ins(content) == {"es": ()}
    english = (content / "rules" / "scores.yaml").read_text(encoding="utf-8")

    Path(content / "es" / "rules" / "scores.yaml").unlink()
    lacking = stand_ins(content)["es"]

    assert len(lacking) > 5
    assert all(text.split()[0] in english for text in lacking)
    assert list(lacking) == sorted(lacking, key=len, reverse=True)


def test_english_words_within_spanish_ones_are_named_and_escaped():
    told = "No lo haga porque you have had <surgery> & more."

    marked = with_english_marked(told, ("you have had <surgery> & more", "not here"))

    assert marked == (
        'No lo haga porque <span lang="en">you have had &lt;surgery&gt; &amp; more</span>.'
    )
    assert with_english_marked(told, ()) is told
