"""Is every word of a policy one that we know? Asked before anything is offered, agreed or signed."""

from collections.abc import Iterator

from policies.clauses.obligations import read_obligation
from policies.clauses.registry import clause_of_constraint, clause_of_permission, clause_of_prohibition
from policies.errors import PolicyError, UnknownTerm, shown
from policies.judge import is_readable
from policies.model import AnyConstraint, Constraint, Duty, Permission, Policy, Prohibition, Rule
from policies.operands import find_operand, unknown_in
from policies.vocabulary import ANNOTATIONS, CONFLICT_STRATEGIES, PROFILES, PURPOSE_NAMES, purpose_iri

_REMOVE = "remove it, or say it with a registered clause"


def check_terms(policy: Policy, *, where: str = "$") -> None:
    """Refuse a policy that says anything which is not in the registries (architecture 5, 17).

    Args:
        policy: the parsed policy.
        where: the JSON path of the policy, as it was given to `parse_policy`.

    Raises:
        UnknownTerm: a type, profile, conflict strategy, action, left operand, operator, purpose or property that no registry
            knows; a duty of a permission (no clause of ours has one); an obligation, a prohibition or a permission other
            than `use` that is no clause; a constraint that gates and is not of class E.
        PolicyError: a known term with a value that it cannot have, for example a count that is no number.
    """
    for problem in problems_of(policy, where=where):
        raise problem


def problems_of(policy: Policy, *, where: str = "$") -> Iterator[PolicyError]:
    """Everything that `check_terms` would refuse, one after the other in the order of the document."""
    yield from unknown_beside_rules(policy, where)
    for index, permission in enumerate(policy.permission):
        yield from _permission(permission, f"{where}.permission[{index}]")
    for index, prohibition in enumerate(policy.prohibition):
        yield from _prohibition(prohibition, f"{where}.prohibition[{index}]")
    for index, duty in enumerate(policy.obligation):
        yield from _obligation(duty, f"{where}.obligation[{index}]")


def unknown_beside_rules(policy: Policy, where: str) -> Iterator[UnknownTerm]:
    """What is unknown beside the rules and may change what all of them mean."""
    for profile in policy.profile:
        if profile not in PROFILES:
            yield UnknownTerm(f"{where}.profile", profile, f"the profile {shown(profile)} is not known here; {_REMOVE}")
    if policy.conflict is not None and policy.conflict not in CONFLICT_STRATEGIES:
        yield UnknownTerm(
            f"{where}.conflict", policy.conflict, f"{shown(policy.conflict)} is none of perm, prohibit, invalid"
        )
    for name, text in policy.extra:
        if name == "@type":
            kind = text.strip('"')
            yield UnknownTerm(f"{where}['@type']", kind, f"{shown(kind)} is none of Set, Offer, Agreement")
        elif name not in ANNOTATIONS:
            yield UnknownTerm(where, name, f"the property {shown(name)} is not known here; {_REMOVE}")


def _permission(permission: Permission, where: str) -> Iterator[PolicyError]:
    yield from _frame(permission, where)
    if permission.action != "use":
        if clause_of_permission(permission) is None:
            said = f"no registered clause permits {shown(permission.action)} like this; {_REMOVE}"
            yield UnknownTerm(f"{where}.action", permission.action, said)
        else:
            return
    for index, duty in enumerate(permission.duty):
        yield UnknownTerm(f"{where}.duty[{index}]", duty.action, f"no registered clause is a duty; {_REMOVE}")
    for index, constraint in enumerate(permission.constraint):
        yield from _constraint(constraint, f"{where}.constraint[{index}]")


def _prohibition(prohibition: Prohibition, where: str) -> Iterator[PolicyError]:
    yield from _frame(prohibition, where)
    if prohibition.remedy:
        yield UnknownTerm(f"{where}.remedy", "remedy", f"no registered clause has a remedy; {_REMOVE}")
    if prohibition.constraint:
        # It would stand there as a promise and look like a gate.
        said = f"no registered prohibition has conditions; {_REMOVE}"
        yield UnknownTerm(f"{where}.constraint[0]", "constraint", said)
    elif clause_of_prohibition(prohibition) is None:
        said = f"no registered clause prohibits {shown(prohibition.action)}; {_REMOVE}"
        yield UnknownTerm(f"{where}.action", prohibition.action, said)


def _obligation(duty: Duty, where: str) -> Iterator[PolicyError]:
    yield from _frame(duty, where)
    try:
        read_obligation(duty, where)
    except PolicyError as problem:
        yield problem


def _constraint(constraint: AnyConstraint, where: str) -> Iterator[PolicyError]:
    if isinstance(constraint, Constraint):
        yield from _atomic(constraint, where)
        return
    yield from _extra(constraint.extra, where)
    if constraint.operator not in ("and", "or", "xone"):
        said = f"{shown(constraint.operator)} cannot be judged here; {_REMOVE}"
        yield UnknownTerm(where, constraint.operator, said)
    for index, part in enumerate(constraint.constraints):
        yield from _constraint(part, f"{where}.{constraint.operator}[{index}]")


def _atomic(constraint: Constraint, where: str) -> Iterator[PolicyError]:
    term = unknown_in(constraint)
    if term is not None:
        yield UnknownTerm(where, term, f"the term {shown(term)} is not registered in this place; {_REMOVE}")
        return
    clause = clause_of_constraint(constraint)
    operand = find_operand(constraint.left_operand)
    if operand is None or operand.enforcer != "E" or (clause is not None and clause.enforcer != "E"):
        said = "a condition must be one that the provider's connector can enforce"
        yield UnknownTerm(where, constraint.left_operand, said)
    if not is_readable(constraint):
        said = f"{shown(', '.join(constraint.values))} is no value for {constraint.left_operand} {constraint.operator}"
        yield PolicyError(f"{where}.rightOperand", said)
    for purpose in constraint.values if constraint.left_operand == "purpose" else ():
        if purpose_iri(purpose) not in PURPOSE_NAMES:
            yield UnknownTerm(f"{where}.rightOperand", purpose, f"{shown(purpose)} is no registered purpose")


def _frame(rule: Rule, where: str) -> Iterator[UnknownTerm]:
    """On the wire of the Dataspace Protocol a policy speaks of one data set and two parties, and its actions are names."""
    for name in ("target", "assigner", "assignee"):
        if getattr(rule, name) is not None:
            said = f"{shown(name)} belongs to the whole policy, not to one rule; {_REMOVE}"
            yield UnknownTerm(where, name, said)
    if rule.refinement:
        yield UnknownTerm(f"{where}.action", "refinement", f"no registered clause refines an action; {_REMOVE}")
    yield from _extra(rule.extra, where)


def _extra(extra: tuple[tuple[str, str], ...], where: str) -> Iterator[UnknownTerm]:
    for name, _ in extra:
        yield UnknownTerm(where, name, f"the property {shown(name)} is not known here; {_REMOVE}")
