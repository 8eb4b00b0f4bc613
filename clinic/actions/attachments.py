"""Staff take a file out that the other side attached."""

from datetime import datetime
from uuid import UUID

from clinic.errors import NotAllowed
from clinic.store import attachments, audit, referrals
from clinic.store.attachments import Attachment
from clinic.store.audit import Actor
from clinic.store.database import Database
from clinic.store.staff import Member, Role


def download(
    database: Database, referral_id: UUID, attachment_id: UUID, *, by: Member, now: datetime
) -> tuple[Attachment, bytes]:
    """Give a file with its bytes, and keep who took it. Raises NotAllowed, UnknownRecord."""
    if by.role is not Role.CLINICIAN:
        raise NotAllowed("Only a clinician reads what was attached.")
    with database.writing() as tx:
        found = attachments.get(tx, referrals.get(tx, referral_id).referral, attachment_id)
        audit.record(
            tx,
            actor=Actor("staff", by.id),
            action="referral.attachment",
            subject=("referral", referral_id),
            now=now,
        )
        return found
