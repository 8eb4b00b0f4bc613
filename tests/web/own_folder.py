"""The folder of a clinic's own that the code blocks of docs/your-own-content.md make."""

import re
from pathlib import Path

from clinic.library.places import PACKAGE, content_dir
from clinic.library.shelf import read_shelf

DOCUMENT = (PACKAGE.parent / "docs" / "your-own-content.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`(?P<name>[\w./-]+)`:\n\n```\w*\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
FILES = {found["name"]: found["text"] for found in FILE.finditer(DOCUMENT)}
SPANISH = Path("es/pages/parking.md")


def lay(root: Path) -> Path:
    """Write the files as the document has them; the Spanish page does not know its English yet."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def translate(root: Path, english: str) -> None:
    """Name in the Spanish page the hash of the English words it was made from."""
    text = (root / SPANISH).read_text(encoding="utf-8")
    text = re.sub(r"source_hash: \w+", f"source_hash: {english}", text)
    (root / SPANISH).write_text(text, encoding="utf-8")


def lay_translated(root: Path) -> Path:
    """The folder with a Spanish page that is shown."""
    shelf = read_shelf(content_dir(), lay(root))
    (parking,) = (page for page in shelf.articles.local() if page.id == "parking")
    translate(root, parking.digest)
    return root
