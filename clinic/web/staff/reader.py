"""Who reads a staff page, when and where."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from clinic.store.staff import Member, Role


@dataclass(frozen=True)
class Reader:
    """Who reads a list, when and where."""

    member: Member
    now: datetime
    zone: ZoneInfo

    @property
    def is_desk(self) -> bool:
        """True when answers beyond the front desk's few stay hidden."""
        return self.member.role is not Role.CLINICIAN
