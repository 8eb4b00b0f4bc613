"""The command that deletes what was kept for long enough; `clinic work` does the same."""

import argparse
from typing import Any

from clinic.actions.retention import INVITATION_DAYS, Deleted, delete_some, to_delete
from clinic.config import Settings, load_settings, utc_now
from clinic.store.database import Database, open_database
from clinic.store.holds import number_standing
from clinic.work import retention_policy


def add_commands(commands: Any) -> None:
    """Add this command to the parser."""
    retention = commands.add_parser("retention", help="delete what was kept for long enough")
    acts = retention.add_subparsers(title="what to do", metavar="ACT", required=True)
    run = acts.add_parser("run", help="delete by the settings, now; says what went")
    run.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    run.set_defaults(run=run_retention)


def run_retention(given: argparse.Namespace) -> int:
    """Delete until nothing is left that is old enough."""
    settings = load_settings()
    with open_database(settings, must_exist=True) as database:
        for line in (*_rules(settings), _held(database)):
            print(line)
        if given.dry_run:
            print(
                _line(
                    "Would be deleted", to_delete(database, retention_policy(settings), utc_now())
                )
            )
        else:
            print(_line("Deleted", _delete_all(database, settings)))
    return 0


def _delete_all(database: Database, settings: Settings) -> Deleted:
    """Delete in small goes, and say how far it is."""
    done = Deleted()
    while (some := delete_some(database, retention_policy(settings), utc_now())).any:
        done = done.plus(some)
        print(_line("So far", done), flush=True)
    return done


def _rules(settings: Settings) -> list[str]:
    days = settings.retention_days
    settled = (
        f"Settled intakes are deleted {days} days after the last change (CLINIC_RETENTION_DAYS)."
        if days
        else "Settled intakes are kept: CLINIC_RETENTION_DAYS is not set."
    )
    unsent = (
        f"Forms never sent are deleted after {settings.resume_days} days or more, once no code "
        "opens them (CLINIC_RESUME_DAYS)."
    )
    unused = f"Invitations that were not used are deleted {INVITATION_DAYS} days after they end."
    backups = (
        f"Backups are kept for {settings.backup_days} days (CLINIC_BACKUP_DAYS): for so long one "
        "may still hold what was deleted."
    )
    return [unsent, settled, unused, backups]


def _held(database: Database) -> str:
    with database.reading() as tx:
        return f"Intakes under a legal hold, which no policy deletes: {number_standing(tx)}."


def _line(words: str, deleted: Deleted) -> str:
    return (
        f"{words}: {deleted.unsent} forms never sent, {deleted.settled} settled intakes, "
        f"{deleted.invitations} invitations, {deleted.mails} old mails."
    )
