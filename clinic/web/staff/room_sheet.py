"""The one page that goes to the room with a patient."""

from clinic.actions.review import Opened
from clinic.pdf.paper import Paper
from clinic.summary.room_sheet import room_sheet
from clinic.web.staff.patient_page import summary_of
from clinic.web.visit import clinic_details, house, settings

FITS = tuple(
    {"text": text, "rows": rows}
    for text, rows in ((200, 20), (120, 12), (80, 9), (60, 6), (45, 5), (32, 4))
)
"""How much of each line is shown, and how many open questions: roomy first."""


def room_sheet_of(opened: Opened) -> bytes:
    """Give the room sheet of an opened intake. Raises Unavailable."""
    summary = summary_of(opened)
    sheet = room_sheet(summary)
    return house().pool.render_paper(
        Paper(
            template="room_sheet",
            values={"sheet": sheet, "draft": summary.draft},
            title=f"Room sheet, {summary.reference}",
            who=f"{sheet.name}, {summary.reference}",
            made=f"Room sheet. {sheet.sent}. Rules {summary.versions.rules_version}",
            clinic=clinic_details(),
            size=settings().paper,
            fits=FITS,
        )
    )
