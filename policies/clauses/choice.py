"""Clauses as a person chooses them: ids with values, read and completed; `policies.clauses.build` makes terms of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from policies.clauses.kinds import MAX_VALUES, written
from policies.clauses.model import Blank, Clause, Values
from policies.clauses.registry import CLAUSES
from policies.errors import PolicyError, UnknownTerm, shown

Choices: TypeAlias = Mapping[str, Any]
"""Clause id → its blanks (name → text or list of texts), or a list of such for a clause that repeats; None: not this one."""
MAX_REPEATS: Final = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """A clause with its blanks filled."""

    clause: Clause
    values: Values


def read_choices(choices: Any, where: str = "$.clauses") -> tuple[Chosen, ...]:
    """The chosen clauses in the order of the catalogue, each value in the form of the wire.

    Raises:
        UnknownTerm: an id or a blank that the catalogue does not have.
        PolicyError: a blank that is empty or holds a value that it cannot hold.
    """
    if not isinstance(choices, Mapping):
        raise PolicyError(where, "an object is needed here: clause id → its blanks")
    for clause_id in choices:
        if clause_id not in CLAUSES:
            raise UnknownTerm(
                where, str(clause_id), f"{shown(clause_id)} is no clause of the catalogue; see `mmd clauses`"
            )
    found = []
    for clause in CLAUSES.values():
        given = choices.get(clause.id)
        if given is None:
            continue
        several = given if isinstance(given, list) else [given]
        if len(several) > (MAX_REPEATS if clause.repeats else 1):
            raise PolicyError(f"{where}.{clause.id}", "this clause cannot stand so often in one contract")
        for index, values in enumerate(several):
            place = f"{where}.{clause.id}" + (f"[{index}]" if isinstance(given, list) else "")
            found.append(Chosen(clause, read_values(clause, values, place)))
    return tuple(found)


def read_values(clause: Clause, values: Any, where: str) -> Values:
    """The blanks of one clause.

    Raises:
        UnknownTerm: a blank that the clause does not have.
        PolicyError: see `read_choices`.
    """
    if not isinstance(values, Mapping):
        raise PolicyError(where, "an object is needed here: blank → value")
    for name in values:
        if clause.blank(name) is None:
            known = ", ".join(blank.name for blank in clause.blanks) or "-"
            raise UnknownTerm(where, str(name), f"the clause {clause.id} has no blank {shown(name)}; it has: {known}")
    found = {}
    for blank in clause.blanks:
        texts = _texts(blank, values.get(blank.name), f"{where}.{blank.name}")
        if texts:
            found[blank.name] = texts
        elif not blank.optional:
            raise PolicyError(f"{where}.{blank.name}", f"this blank of the clause {clause.id} has to be filled in")
    _check_units(clause, found, where)
    return found


def open_blanks(clause: Clause, values: Mapping[str, Any]) -> tuple[Blank, ...]:
    """The blanks that have to be filled in and are not yet."""
    return tuple(blank for blank in clause.blanks if not blank.optional and not values.get(blank.name))


def _texts(blank: Blank, given: Any, where: str) -> tuple[str, ...]:
    if given is None or given in ("", []):
        return ()
    items: Sequence[Any] = given if isinstance(given, (list, tuple)) else [given]
    if len(items) > (MAX_VALUES if blank.many else 1):
        raise PolicyError(
            where, "one value is needed here" if not blank.many else f"at most {MAX_VALUES} values are kept"
        )
    return tuple(dict.fromkeys(_text(blank, item, where) for item in items))


def _text(blank: Blank, item: Any, where: str) -> str:
    if isinstance(item, int) and not isinstance(item, bool):
        item = str(item)
    if not isinstance(item, str):
        raise PolicyError(where, "a text is needed here")
    text = written(blank, item)
    if text is None and blank.choices:
        raise PolicyError(where, f"{shown(item)} cannot stand here; choose from: {', '.join(blank.choices)}")
    if text is None:
        raise PolicyError(where, f"{shown(item)} cannot stand here; a value of the kind '{blank.kind.value}' is needed")
    return text


def _check_units(clause: Clause, values: Values, where: str) -> None:
    """An amount says its currency, and a currency belongs to an amount."""
    for slot in clause.slots:
        if slot.unit and (slot.blank in values) != (slot.unit in values):
            missing = slot.unit if slot.blank in values else slot.blank
            raise PolicyError(f"{where}.{missing}", "an amount and its currency stand together; give both or neither")
