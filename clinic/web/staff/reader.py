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
    broke_glass: bool = False
    """True on the one intake that this reader opened with a reason, for an hour."""

    @property
    def is_desk(self) -> bool:
        """True when answers beyond the front desk's few stay hidden."""
        return self.member.role is not Role.CLINICIAN

    @property
    def reads_all(self) -> bool:
        """True when nothing of an intake stays hidden; what one may do does not follow from it."""
        return not self.is_desk or self.broke_glass
