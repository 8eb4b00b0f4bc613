"""Everything that is measured, one after the other: `make bench`."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
MEASURED = {
    "week.py": ["--all-rules"],
    "pdf.py": [],
    "web.py": [],
    "line.py": [],
    "worklist.py": [],
}
"""Each program with what it is told; of the made-up week, every rule is printed."""


def main() -> None:
    """Run each measurement in a process of its own, so that none warms another."""
    for name, told in MEASURED.items():
        print(f"== bench/{name}", flush=True)
        subprocess.run([sys.executable, str(HERE / name), *told], check=True)


if __name__ == "__main__":
    main()
