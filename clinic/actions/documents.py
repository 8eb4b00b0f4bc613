"""Papers: made once for a submitted version, sealed, and served from the store after."""

import hashlib
from datetime import datetime
from uuid import UUID

from clinic.pdf.pool import RenderPool
from clinic.pdf.render import Edition
from clinic.store import documents, intakes
from clinic.store.database import Database
from clinic.summary.model import Summary

KIND = "summary"


def summary_pdf(
    database: Database,
    pool: RenderPool,
    summary: Summary,
    edition: Edition,
    *,
    paper: str,
    large: bool = False,
    now: datetime,
    patient_summary: Summary | None = None,
) -> bytes:
    """Give the paper of an intake; of a draft it is made anew each time.

    `patient_summary` is the same in the patient's language, where that is not the clinic's.
    Raises Unavailable when no process is free, or the paper took too long.
    """
    if summary.draft:
        return pool.render_summary(
            summary, edition, paper=paper, large=large, patient_summary=patient_summary
        )
    intake_id = UUID(summary.id)
    name = f"{edition.value}-{paper}{'-large' if large else ''}"
    mine = patient_summary or summary
    content = _content_hash(summary, mine)
    with database.reading() as tx:
        kept = documents.find(
            tx,
            intake_id,
            kind=KIND,
            edition=name,
            language=mine.language,
            content_hash=content,
        )
        version = intakes.facts(tx, intake_id).version
    if kept is not None:
        return kept.pdf
    pdf = pool.render_summary(
        summary, edition, paper=paper, large=large, patient_summary=patient_summary
    )
    with database.writing() as tx:
        documents.put(
            tx,
            intake_id,
            kind=KIND,
            edition=name,
            language=mine.language,
            version=version,
            content_hash=content,
            pdf=pdf,
            now=now,
        )
    return pdf


def _content_hash(summary: Summary, mine: Summary) -> str:
    """Tell one content of a paper from another: equal values give equal hashes."""
    both = repr(summary) if mine is summary else repr((summary, mine))
    return hashlib.sha256(both.encode()).hexdigest()
