"""The style sheet with its variables put in place: WeasyPrint looks each up for each element."""

import re

ROOT = re.compile(r"^:root(?P<large>\.large)? \{(?P<body>[^}]*)\}$", re.MULTILINE)
DECLARATION = re.compile(r"(--[a-z]+):\s*([^;}]+?)\s*(?:;|$)")
VARIABLE = re.compile(r"var\((--[a-z]+)\)")


def written_out(style: str, large: bool) -> str:
    """Give the style with each variable replaced by its value, for plain or large type."""
    values: dict[str, str] = {}
    for block in ROOT.finditer(style):
        if large or not block["large"]:
            values.update(DECLARATION.findall(block["body"].strip()))
    return VARIABLE.sub(lambda found: values[found[1]], ROOT.sub("", style))
