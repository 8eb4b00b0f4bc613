"""Every act that can stand in the audit is told there in words."""

import ast
import re

from clinic.library.places import PACKAGE
from clinic.referral.states import Act
from clinic.web.staff.words import ACT_WORDS

NAME = re.compile(r"[a-z]+\.[a-z_]+")


def texts(folder: str) -> set[str]:
    """Every string that stands in the modules of a folder."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (PACKAGE / folder).rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str)}


def test_every_act_that_is_recorded_has_words() -> None:
    subjects = {name.partition(".")[0] for name in ACT_WORDS}
    acts = {text for text in texts("actions") if NAME.fullmatch(text)}
    acts = {name for name in acts if name.partition(".")[0] in subjects}
    acts |= {f"referral.{act.value}" for act in Act}
    acts |= {f"{kind}.delete" for kind in ("intake", "invitation")}

    assert len(acts) > 80
    assert acts - set(ACT_WORDS) == set()
