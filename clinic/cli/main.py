"""The `clinic` command: one parser, one sentence for every error, exit codes for scripts.

0 done   1 the thing asked about is not in order   2 the command was given wrongly
3 a setting, key file or database stops the start
"""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from clinic.cli import backup, content, invite, keys, people, records, retention, rules, service
from clinic.errors import ClinicError, Misconfigured

PACKAGE = "clinic-intake"
DONE = 0
NOT_IN_ORDER = 1
STOPPED = 3

EPILOG = """\
Settings come from the environment: CLINIC_DATA, CLINIC_KEY_FILE, PORT, DATABASE_URL and more;
README.md lists them. `clinic COMMAND --help` tells more of one command.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if not hasattr(given, "run"):
        parser.print_help()
        return DONE
    try:
        return int(given.run(given))
    except Misconfigured as error:
        return _told(error, STOPPED)
    except ClinicError as error:
        return _told(error, NOT_IN_ORDER)
    except BrokenPipeError:
        sys.stderr.close()
        return DONE
    except KeyboardInterrupt:
        return 130


def _told(error: ClinicError, code: int) -> int:
    print(f"clinic: {error}", file=sys.stderr)
    return code


def _version() -> str:
    """Give the version of the installed package, or "not installed" in a bare checkout."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "(not installed)"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="clinic",
        description="Intake and referral for people with low back pain.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"clinic-intake {_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for group in (service, content, rules, records, people, keys, invite, retention, backup):
        group.add_commands(commands)
    return parser
