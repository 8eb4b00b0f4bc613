"""Everything that is measured, one after the other: `make bench`."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Run each measurement in a process of its own, so that none warms another."""
    for name in ("week.py", "pdf.py", "web.py", "worklist.py"):
        print(f"== bench/{name}", flush=True)
        subprocess.run([sys.executable, str(HERE / name)], check=True)


if __name__ == "__main__":
    main()
