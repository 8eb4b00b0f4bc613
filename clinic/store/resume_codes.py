"""Resume codes: twelve letters that, with the birth date, open an intake on another device."""

import hmac
import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from clinic.intake import IntakeState
from clinic.store.database import Transaction
from clinic.store.tables import intake, resume_code

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits without I, L, O and U, which are misread or misheard."""
CODE_LETTERS = 12
MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", " ": None, "-": None})


def issue_code(tx: Transaction, intake_id: UUID, *, now: datetime, days: int) -> str:
    """Make one more code for a draft, such as ABCD-EFGH-JKMN. Only its keyed hash is kept."""
    letters = "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LETTERS))
    tx.execute(
        resume_code.insert().values(
            code_hash=tx.vault.digest("resume code", letters),
            intake_id=intake_id,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    return written_code(letters)


def open_by_code(tx: Transaction, code: str, born: date, *, now: datetime) -> UUID | None:
    """Give the draft that the code and the birth date open, or None: nothing says which fails."""
    return _found(tx, code, born, (resume_code.c.expires_at > now, _is_draft))


def sent_by_code(tx: Transaction, code: str, born: date, *, now: datetime) -> UUID | None:  # noqa: ARG001
    """Give the sent intake of a code and a birth date, or None. It stays readable to its owner."""
    return _found(tx, code, born, (~_is_draft,))


def birth_hash(tx: Transaction, intake_id: UUID, born: date) -> bytes:
    """A keyed hash of a birth date, of no use beside any other intake."""
    return tx.vault.digest("birth date of an intake", f"{intake_id} {born.isoformat()}")


def plain_code(code: str) -> str | None:
    """Give the twelve letters of a code as somebody typed it, or None when it is no code."""
    letters = "".join(code.upper().split()).translate(MISREAD)
    fits = len(letters) == CODE_LETTERS and all(letter in CROCKFORD for letter in letters)
    return letters if fits else None


def written_code(code: str) -> str:
    """Give a code as it was handed out, such as ABCD-EFGH-JKMN, however somebody typed it."""
    letters = plain_code(code) or code
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


_is_draft = intake.c.state == IntakeState.DRAFT.value


def _found(tx: Transaction, code: str, born: date, wanted: tuple[object, ...]) -> UUID | None:
    letters = plain_code(code)
    if letters is None:
        return None
    row = tx.execute(
        select(intake.c.id, intake.c.birth_hash)
        .join(resume_code, resume_code.c.intake_id == intake.c.id)
        .where(resume_code.c.code_hash == tx.vault.digest("resume code", letters), *wanted)  # type: ignore[arg-type]
    ).one_or_none()
    if row is None or row.birth_hash is None:
        return None
    same = hmac.compare_digest(row.birth_hash, birth_hash(tx, row.id, born))
    return row.id if same else None
