"""Which questions say that they may be skipped, on the screen as on paper."""

from clinic.questionnaire.model import Item, Questionnaire, Step

SAFETY = "safety"
"""The code of a step in which a blank counts as the worst answer."""


def says_optional(questionnaire: Questionnaire, step: Step, item: Item) -> bool:
    """True when the question says "(optional)": not in follow-ups, nor where blank is worst."""
    above = questionnaire.ancestors(item.link_id)
    follows = item.enable_when is not None or any(up.enable_when is not None for up in above)
    safety = step.group is not None and any(code.code == SAFETY for code in step.group.codes)
    return not (item.required or follows or safety)
