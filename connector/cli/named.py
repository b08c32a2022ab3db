"""Options of the form NAME=VALUE."""

from collections.abc import Iterable

from connector.cli.session import Session


def named_values(session: Session, given: Iterable[str]) -> dict[str, object]:
    """The values by their names; a name that is given twice has a list of them."""
    found: dict[str, list[str]] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not (name and sign and value):
            raise session.usage("not_named", given=text)
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
