"""No line of the log can hold what somebody sent: its event is fixed, its keys are allowed."""

import ast
from pathlib import Path

from clinic.logs import ALLOWED

PACKAGE = Path(__file__).resolve().parents[2] / "clinic"
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "msg"}


def calls():
    """Every call of a structlog logger, which is called `log` everywhere."""
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "structlog" in text else ():
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
                and node.func.attr in LEVELS
            ):
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node


def test_every_line_has_a_fixed_event_and_allowed_keys():
    found = dict(calls())
    wrong = [
        place
        for place, call in found.items()
        if len(call.args) != 1
        or not isinstance(call.args[0], ast.Constant)
        or any(keyword.arg not in ALLOWED for keyword in call.keywords)
    ]

    assert len(found) > 5
    assert wrong == []


def test_the_logger_of_flask_which_writes_whatever_it_is_given_is_used_nowhere():
    outside = [
        str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "app.logger" in path.read_text(encoding="utf-8")
    ]

    assert outside == []
