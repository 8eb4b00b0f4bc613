"""The slip that an invited patient is handed: the link as a QR code and in letters."""

from datetime import tzinfo

from clinic.catalogue import tongue
from clinic.marked import marked
from clinic.pdf.paper import Paper
from clinic.store.invitations import Invitation
from clinic.summary.model import ClinicDetails
from clinic.summary.words import long_date

TITLE = marked("Your questions, {clinic}")
MADE_ON = marked("Made on {day}")


def slip_of(
    invitation: Invitation, link: str, *, clinic: ClinicDetails, size: str, zone: tzinfo
) -> Paper:
    """Give the slip as a paper. It carries the name, so that nobody is handed another's link."""
    last = invitation.last_moment.astimezone(zone).date()
    visit = invitation.appointment_on
    made_on = invitation.made_at.astimezone(zone).date()
    language = tongue(invitation.language)
    say = language.say
    site, slash, token = link.rpartition("/")
    return Paper(
        template="slip",
        values={
            "name": invitation.person.name,
            "link": link,
            "link_lines": (site + slash, token),
            "visit": long_date(visit, language) if visit else "",
            "last_day": long_date(last, language),
        },
        title=say(TITLE).format(clinic=clinic.name),
        who=clinic.name,
        made=say(MADE_ON).format(day=long_date(made_on, language)),
        clinic=clinic,
        language=invitation.language,
        size=size,
        large=True,
    )
