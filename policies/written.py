"""Texts that stand beside the rules of a policy, as the model keeps them (`extra`): in any spelling of JSON-LD."""

import json

from policies.model import Extra


def text_in(extra: Extra, name: str) -> str | None:
    """The text of this property; None when it is missing or is no single text."""
    for found, written in extra:
        if found == name:
            return _text(json.loads(written))
    return None


def _text(value: object) -> str | None:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value", value.get("@id"))
    return value if isinstance(value, str) else None
