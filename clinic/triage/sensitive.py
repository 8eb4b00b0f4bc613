"""The questions whose answers are kept from lists, mail and paper that others may see."""

from collections.abc import Iterable

SENSITIVE = frozenset(
    {
        "infection-risk",
        "sex-change",
        "pregnant",
        "missed-period",
        "birth-recent",
        "tb-contact",
        "staff-self-harm",
        "regen-wait",
    }
)
"""red_flags.md, 3.4."""

UNSAFE_TO_PRINT = (
    SENSITIVE
    | {"pregnancy-weeks", "pregnancy-signs", "heavy-bleeding", "sex-change-course", "night-sweats"}
    | {
        "major-injury",
        "injury-when",
        "injury-checked",
    }
)
"""With what is only asked because of them, and with an injury, which may be violence."""


def is_unsafe_to_print(link_ids: Iterable[str]) -> bool:
    """True when words about these answers may harm the patient if somebody else reads them."""
    return not UNSAFE_TO_PRINT.isdisjoint(link_ids)
