"""The options of a choice: what each posts, and whether an answer is one of them."""

from clinic.questionnaire.model import Item
from clinic.questionnaire.values import Coding, Value


def values_by_code(item: Item) -> dict[str, Value]:
    """Give the value of each option by the code it posts; a code met twice names its system."""
    found: dict[str, Value] = {}
    for option in item.options:
        code = option.code
        if code in found and isinstance(option.value, Coding):
            code = f"{option.value.system}|{code}"
        found[code] = option.value
    return found


def is_same(option: Value, value: Value) -> bool:
    """True when an answer is this option."""
    if isinstance(option, Coding) and isinstance(value, Coding):
        return option.same_code(value)
    return type(option) is type(value) and option == value
