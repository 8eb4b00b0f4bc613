"""A file that came with a report: downloaded under a name of ours, never shown by the browser."""

from uuid import UUID

from flask import Blueprint, Response

from clinic.actions.attachments import download
from clinic.referral.attachment import MediaType
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.visit import database, now

blueprint = Blueprint(
    "attachments", __name__, url_prefix="/referrals/<uuid:referral_id>/attachments"
)

FILE_NAMES = {MediaType.PDF: "referral-report.pdf", MediaType.TEXT: "referral-report.txt"}
CONTENT_TYPES = {MediaType.PDF: "application/pdf", MediaType.TEXT: "text/plain; charset=utf-8"}


@blueprint.route("/<uuid:attachment_id>")
@open_to(Audience.CLINICIAN)
def take_out(referral_id: UUID, attachment_id: UUID) -> Response:
    """Give the file as a download."""
    found, content = download(database(), referral_id, attachment_id, by=reader().member, now=now())
    response = Response(content, content_type=CONTENT_TYPES[found.media_type])
    name = FILE_NAMES[found.media_type]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
