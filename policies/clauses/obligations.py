"""Obligations and what they are in the catalogue: an action, and comparisons that fill the blanks of one clause."""

from typing import Final

from policies.clauses.kinds import is_value
from policies.clauses.model import Clause, Slot, Values
from policies.clauses.registry import CLAUSES
from policies.errors import PolicyError, UnknownTerm, shown
from policies.model import AnyConstraint, Constraint, Duty, Rule

_ADVICE: Final = "remove it, or say it with a registered clause"
_BY_ACTION: Final[dict[str, tuple[Clause, ...]]] = {
    action: tuple(c for c in CLAUSES.values() if c.place == "obligation" and c.action == action)
    for action in dict.fromkeys(c.action for c in CLAUSES.values() if c.place == "obligation")
}


def clause_of_obligation(duty: Duty) -> Clause | None:
    """The clause that this obligation is, or None; whether its blanks are well filled is asked by `read_obligation`."""
    return next((clause for clause in _BY_ACTION.get(duty.action, ()) if _says_fixed(clause, duty)), None)


def read_obligation(duty: Duty, where: str) -> tuple[Clause, Values]:
    """The clause that an obligation is, and its blanks.

    Raises:
        UnknownTerm: no clause has this action, or the obligation says something that its clause does not say.
        PolicyError: a blank is empty, filled twice, or holds a value that it cannot hold.
    """
    clause = clause_of_obligation(duty)
    if clause is None:
        raise UnknownTerm(
            f"{where}.action", duty.action, f"no registered clause obliges to {shown(duty.action)}; {_ADVICE}"
        )
    _check_nothing_else(duty, where)
    values: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    for index, part in enumerate(duty.constraint):
        place = f"{where}.constraint[{index}]"
        slot, constraint = _slot_of(clause, part, place)
        if slot.operand in seen:
            raise PolicyError(place, f"{shown(slot.operand)} stands twice in one obligation; keep one")
        seen.add(slot.operand)
        if not slot.fixed:
            values |= _read(clause, slot, constraint, place)
    for slot in clause.slots:
        if slot.operand not in seen and _is_needed(clause, slot):
            raise PolicyError(where, f"{shown(slot.operand)} is missing in this obligation")
        if slot.unit and (slot.blank in values) != (slot.unit in values):
            raise PolicyError(where, "an amount and its currency stand together; one of them is missing")
    return clause, values


def _says_fixed(clause: Clause, rule: Rule) -> bool:
    fixed = [slot for slot in clause.slots if slot.fixed]
    said = {(c.left_operand, c.values) for c in rule.constraint if isinstance(c, Constraint)}
    return all((slot.operand, (slot.fixed,)) in said for slot in fixed)


def _check_nothing_else(duty: Duty, where: str) -> None:
    if duty.extra:
        name = duty.extra[0][0]
        raise UnknownTerm(where, name, f"the property {shown(name)} is not known here; {_ADVICE}")
    if duty.consequence:
        raise UnknownTerm(f"{where}.consequence", "consequence", f"no registered clause has a consequence; {_ADVICE}")


def _slot_of(clause: Clause, part: AnyConstraint, where: str) -> tuple[Slot, Constraint]:
    if not isinstance(part, Constraint):
        raise UnknownTerm(where, part.operator, f"a registered obligation has no alternatives; {_ADVICE}")
    slot = next((slot for slot in clause.slots if slot.operand == part.left_operand), None)
    if slot is None:
        raise UnknownTerm(
            where, part.left_operand, f"this obligation does not speak of {shown(part.left_operand)}; {_ADVICE}"
        )
    if part.operator not in slot.operators:
        raise UnknownTerm(
            where, part.operator, f"this obligation does not compare by {shown(part.operator)}; {_ADVICE}"
        )
    for name, value in (
        *((name, name) for name, _ in part.extra[:1]),
        ("status", part.status),
        ("rightOperandReference", part.right_operand_reference),
        ("dataType", part.data_type),
        ("unit", part.unit),
    ):
        if value is not None:
            raise UnknownTerm(where, name, f"{shown(name)} has no meaning in this obligation; {_ADVICE}")
    return slot, part


def _read(clause: Clause, slot: Slot, constraint: Constraint, where: str) -> dict[str, tuple[str, ...]]:
    blank = clause.blank(slot.blank)
    assert blank is not None
    values = constraint.values
    if not values or (len(values) > 1 and not blank.many) or not all(is_value(blank, text) for text in values):
        raise PolicyError(f"{where}.rightOperand", f"{shown(', '.join(values))} is no value for {shown(slot.operand)}")
    return {slot.blank: values}


def _is_needed(clause: Clause, slot: Slot) -> bool:
    blank = clause.blank(slot.blank)
    return blank is None or not blank.optional
