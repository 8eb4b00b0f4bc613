"""The letter of a referral as a PDF: made anew while it may change, kept once it was sent."""

import hashlib
from datetime import datetime

from clinic.pdf.paper import Paper
from clinic.pdf.pool import RenderPool
from clinic.store import documents, intakes
from clinic.store.database import Database
from clinic.store.doors import Door
from clinic.store.referrals import Kept

KIND = "letter"


def letter_pdf(
    database: Database,
    pool: RenderPool,
    kept: Kept,
    paper: Paper,
    door: Door | None,
    *,
    now: datetime,
) -> bytes:
    """Give the letter; one that was sent comes from the store, as it was printed first.

    A new door makes a new paper, since its code stands on it. Raises Unavailable.
    """
    referral = kept.referral
    if kept.sent_at is None or referral.state.is_end:
        return pool.render_paper(paper)
    content = _content(kept, paper.size, door)
    with database.reading() as tx:
        found = documents.find(
            tx,
            referral.intake_id,
            kind=KIND,
            edition=paper.size,
            language=paper.language,
            content_hash=content,
        )
        version = intakes.facts(tx, referral.intake_id).version
    if found is not None:
        return found.pdf
    pdf = pool.render_paper(paper)
    with database.writing() as tx:
        documents.put(
            tx,
            referral.intake_id,
            kind=KIND,
            edition=paper.size,
            language=paper.language,
            version=version,
            content_hash=content,
            pdf=pdf,
            now=now,
        )
    return pdf


def _content(kept: Kept, size: str, door: Door | None) -> str:
    """Tell one sent letter from another: what was signed, when it was sent, and its door."""
    parts = (kept.referral.id, kept.letter.hash, kept.sent_at, size, door.token if door else "")
    return hashlib.sha256(repr(parts).encode()).hexdigest()
