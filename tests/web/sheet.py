"""A step page without an app around it: rendered, read as a browser reads it, and posted."""

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict

from clinic.library.places import templates_dir
from clinic.web.filters import register_filters
from clinic.web.intake.forms import StepForm

CLINIC = SimpleNamespace(
    name="River Clinic",
    phone="(555) 010-0199",
    emergency_number="911",
    crisis_line="988",
    safe_home_line="1-800-799-7233",
)


@cache
def pages() -> Environment:
    """Jinja as the app has it, with what a request would give."""
    environment = Environment(
        loader=FileSystemLoader(templates_dir()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    register_filters(environment)
    environment.filters["autofill"] = lambda kind: kind or ""
    environment.globals.update(
        asset=lambda name: f"/static/{name}?v=1",
        csrf_token=lambda: "token",
        csp_nonce=lambda: "nonce",
        get_flashed_messages=lambda **_: [],
        clinic=CLINIC,
        language="en",
        at=str,
        other_languages=[],
        alternates=[],
        text_direction="ltr",
        tablet=None,
        large_print=False,
        logo=None,
        own_pages=False,
        here_again="/intake/page",
    )
    return environment


def rendered(form: StepForm, **more: Any) -> str:
    """The page of a step."""
    values = {"step": form.step, "form": form, "number": 2, "total": 18, "back": "/intake/"} | more
    return pages().get_template("intake/step.html").render(values)


def page_of(form: StepForm, **more: Any) -> BeautifulSoup:
    """The page of a step, parsed."""
    return BeautifulSoup(rendered(form, **more), "html.parser")


def posted_by(page: BeautifulSoup, **typed: str | list[str]) -> MultiDict[str, str]:
    """What a browser without scripts sends when Continue is pressed; `typed` by field name."""
    return filled_in(page, typed)


def filled_in(
    page: BeautifulSoup, typed: Mapping[str, str | list[str]], press: tuple[str, str] | None = None
) -> MultiDict[str, str]:
    """What a browser sends after typing and picking; `press` is an Add or Remove button."""
    form = page.select_one("form[method=post]")
    assert form is not None
    sent: MultiDict[str, str] = MultiDict()
    for control in form.select("input, select, textarea"):
        name = control.get("name")
        if name and str(name) not in typed and not _is_disabled(control):
            for text in _texts(control):
                sent.add(str(name), text)
    for name, texts in typed.items():
        sent.setlist(name, [texts] if isinstance(texts, str) else texts)
    if press:
        sent.add(*press)
    return sent


def _is_disabled(control: Tag) -> bool:
    return control.has_attr("disabled") or any(
        parent.name == "fieldset" and parent.has_attr("disabled") for parent in control.parents
    )


def _texts(control: Tag) -> list[str]:
    if control.name == "textarea":
        return [control.text.removeprefix("\n").replace("\n", "\r\n")]
    if control.name == "select":
        chosen = control.select_one("option[selected]") or control.select_one("option")
        return [str(chosen["value"])] if chosen else []
    if control.get("type") in ("radio", "checkbox"):
        return [str(control["value"])] if control.has_attr("checked") else []
    return [str(control.get("value", ""))]
