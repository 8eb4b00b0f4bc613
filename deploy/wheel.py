"""Puts pages and content inside the wheel, which has no checkout beside it to find them in."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SiteFiles(BuildHookInterface):
    """A wheel carries `templates/` and `content/` in `clinic/_site/`; an editable one does not."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to take along and where in the wheel they go."""
        if version != "editable":
            for folder in ("templates", "content"):
                build_data["force_include"][folder] = f"clinic/_site/{folder}"
