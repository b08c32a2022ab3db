"""A policy read back: each rule and property is a clause with its blanks filled, or is refused by name."""

from collections.abc import Iterator

from policies.clauses.model import Clause, Filled, Slot, Values
from policies.clauses.obligations import read_obligation
from policies.clauses.registry import clause_of_constraint, clause_of_permission, clause_of_prohibition
from policies.errors import PolicyError, UnknownTerm, shown
from policies.model import AnyConstraint, Constraint, Permission, Policy


def read_clauses(policy: Policy) -> tuple[Filled, ...]:
    """Every clause of a policy, in the order of the document.

    Alternatives (`or`, `xone`) are no clauses of the catalogue: what stands inside of them is no term that holds for sure.

    Raises:
        UnknownTerm: something that is no clause; it is named, with its place.
        PolicyError: a clause whose blanks are badly filled.
    """
    return tuple(_all(policy))


def filled(policy: Policy, clause_id: str) -> tuple[Filled, ...]:
    """The clauses with this id among those that hold for sure; what is no clause is passed over.

    For whoever has to act by a clause of an agreement that `check_terms` has accepted.
    """
    found: list[Filled] = []
    for index, permission in enumerate(policy.permission):
        for part, where in _together(permission.constraint, f"$.permission[{index}].constraint"):
            clause = clause_of_constraint(part)
            if clause is not None:
                found.append(Filled(clause, constraint_values(clause.slots[0], part), where))
    found.extend(known_rules(policy))
    return tuple(item for item in found if item.clause.id == clause_id)


def known_rules(policy: Policy) -> tuple[Filled, ...]:
    """The clauses that are rules of their own, beside the permission `use`; what is no clause is passed over."""
    found = [Filled(clause, {}, where) for where, _, clause in _bare_rules(policy) if clause is not None]
    for index, duty in enumerate(policy.obligation):
        where = f"$.obligation[{index}]"
        try:
            clause, values = read_obligation(duty, where)
        except PolicyError:
            continue
        found.append(Filled(clause, values, where))
    return tuple(found)


def _all(policy: Policy) -> Iterator[Filled]:
    for index, permission in enumerate(policy.permission):
        if permission.action == "use":
            yield from _of_use(permission, f"$.permission[{index}]")
    for where, action, clause in _bare_rules(policy):
        if clause is None:
            raise UnknownTerm(where, action, f"no registered clause says {shown(action)}; remove it")
        yield Filled(clause, {}, where)
    for index, duty in enumerate(policy.obligation):
        where = f"$.obligation[{index}]"
        yield Filled(*read_obligation(duty, where), where)


def _of_use(permission: Permission, where: str) -> Iterator[Filled]:
    if permission.duty:
        raise UnknownTerm(f"{where}.duty[0]", permission.duty[0].action, "no registered clause is a duty; remove it")
    for index, part in enumerate(permission.constraint):
        place = f"{where}.constraint[{index}]"
        clause = clause_of_constraint(part) if isinstance(part, Constraint) else None
        if clause is None or not isinstance(part, Constraint):
            term = part.left_operand if isinstance(part, Constraint) else part.operator
            raise UnknownTerm(place, term, f"no registered clause says {shown(term)}; remove it")
        yield Filled(clause, constraint_values(clause.slots[0], part), place)


def _bare_rules(policy: Policy) -> Iterator[tuple[str, str, Clause | None]]:
    """The permissions beside `use` and the prohibitions: where, which action, which clause."""
    for index, permission in enumerate(policy.permission):
        if permission.action != "use":
            clause = None if permission.extra else clause_of_permission(permission)
            yield f"$.permission[{index}]", permission.action, clause
    for index, prohibition in enumerate(policy.prohibition):
        strange = prohibition.extra or prohibition.remedy
        yield f"$.prohibition[{index}]", prohibition.action, None if strange else clause_of_prohibition(prohibition)


def constraint_values(slot: Slot, constraint: Constraint) -> Values:
    """The blanks that a constraint fills."""
    values: dict[str, tuple[str, ...]] = {slot.blank: constraint.values} if slot.blank else {}
    if slot.named:
        values[slot.named] = (constraint.left_operand.rpartition("/")[2],)
    return values


def _together(constraints: tuple[AnyConstraint, ...], where: str) -> Iterator[tuple[Constraint, str]]:
    """The comparisons that must all hold."""
    for index, part in enumerate(constraints):
        if isinstance(part, Constraint):
            yield part, f"{where}[{index}]"
        elif part.operator == "and":
            yield from _together(part.constraints, f"{where}[{index}].and")
