"""What is due for a review, for clinicians and admins: texts, labels of options, rules."""

from flask import Blueprint, render_template

from clinic.library.claims import Claim, ClaimKind, Due, claims
from clinic.web.security import Audience, open_to
from clinic.web.visit import articles, house, today

blueprint = Blueprint("claims", __name__, url_prefix="/content")

KIND_WORDS = {
    ClaimKind.TEXT: "Text",
    ClaimKind.LABEL: "Facts label",
    ClaimKind.RULES: "Rules",
    ClaimKind.WORDS: "Words of a language",
}
HEADINGS = {
    Due.OVERDUE: "Overdue",
    Due.SOON: "Due within 60 days",
    Due.LATER: "Due later",
}


@blueprint.route("")
@open_to(Audience.CLINICIAN, Audience.ADMIN)
def content() -> str:
    """List what has to be looked at again, the soonest first."""
    found = claims(articles(), house().book)
    by_due: dict[Due, list[Claim]] = {due: [] for due in Due}
    for claim in found:
        by_due[claim.due(today())].append(claim)
    return render_template(
        "staff/claims.html",
        by_due=by_due,
        headings=HEADINGS,
        kind_words=KIND_WORDS,
        unsigned=sum(claim.reviewed_by is None for claim in found),
        total=len(found),
    )
