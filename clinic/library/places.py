"""Where the pages and the content lie: beside the package, or inside it when it is a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def templates_dir() -> Path:
    """The folder of the page templates."""
    return _folder("templates", PACKAGE)


def content_dir() -> Path:
    """The folder of articles, questionnaires, rules and figures."""
    return _folder("content", PACKAGE)


def _folder(name: str, package: Path) -> Path:
    """The named folder as the package carries it, or else as the checkout holds it."""
    carried = package / "_site" / name
    return carried if carried.is_dir() else package.parent / name
