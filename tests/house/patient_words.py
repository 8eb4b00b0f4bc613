"""Which files a patient reads: templates by what they include, and modules by what they mark."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "templates"
INCLUDED = re.compile(r'(?:from|import|extends|include) "([^"]+)"')
FOLDERS = ("education", "intake", "receiving", "errors")
PAPERS = ("pdf/you.html", "pdf/slip.html", "pdf/answers.html", "pdf/added.html")
OF_STAFF = ("clinic/web/staff/", "clinic/cli/", "templates/staff/", "templates/referral/")


def patient_templates() -> list[str]:
    """Give every template that a patient reads, with the components that it is made of."""
    waiting = ["base.html", *PAPERS]
    for folder in FOLDERS:
        waiting += [
            path.relative_to(TEMPLATES).as_posix() for path in (TEMPLATES / folder).glob("*.html")
        ]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += INCLUDED.findall((TEMPLATES / name).read_text(encoding="utf-8"))
    return sorted(found)


def is_read_by_patients(places: list[str], templates: frozenset[str]) -> bool:
    """Tell words of patients from those that stand on staff pages alone."""
    return any(
        place.removeprefix("templates/") in templates
        or (place.endswith(".py") and not place.startswith(OF_STAFF))
        for place in places
    )
