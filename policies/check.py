"""Is every word of a policy one that we know? Asked before anything is offered, agreed or signed."""

from policies.clauses.obligations import read_obligation
from policies.clauses.registry import clause_of_constraint, clause_of_permission, clause_of_prohibition
from policies.errors import PolicyError, UnknownTerm, shown
from policies.judge import is_readable
from policies.model import AnyConstraint, Constraint, Permission, Policy, Prohibition, Rule
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
    problem = unknown_about_policy(policy, where)
    if problem:
        raise problem
    for index, permission in enumerate(policy.permission):
        _check_permission(permission, f"{where}.permission[{index}]")
    for index, prohibition in enumerate(policy.prohibition):
        _check_prohibition(prohibition, f"{where}.prohibition[{index}]")
    for index, duty in enumerate(policy.obligation):
        place = f"{where}.obligation[{index}]"
        _check_frame(duty, place)
        read_obligation(duty, place)


def unknown_about_policy(policy: Policy, where: str) -> UnknownTerm | None:
    """What is unknown beside the rules and may change what all of them mean; None when nothing is."""
    for profile in policy.profile:
        if profile not in PROFILES:
            return UnknownTerm(
                f"{where}.profile", profile, f"the profile {shown(profile)} is not known here; {_REMOVE}"
            )
    if policy.conflict is not None and policy.conflict not in CONFLICT_STRATEGIES:
        return UnknownTerm(
            f"{where}.conflict", policy.conflict, f"{shown(policy.conflict)} is none of perm, prohibit, invalid"
        )
    for name, text in policy.extra:
        if name == "@type":
            kind = text.strip('"')
            return UnknownTerm(f"{where}['@type']", kind, f"{shown(kind)} is none of Set, Offer, Agreement")
        if name not in ANNOTATIONS:
            return UnknownTerm(where, name, f"the property {shown(name)} is not known here; {_REMOVE}")
    return None


def _check_permission(permission: Permission, where: str) -> None:
    _check_frame(permission, where)
    if permission.action != "use":
        if clause_of_permission(permission) is not None:
            return
        raise UnknownTerm(
            f"{where}.action",
            permission.action,
            f"no registered clause permits {shown(permission.action)} like this; {_REMOVE}",
        )
    if permission.duty:
        raise UnknownTerm(f"{where}.duty[0]", permission.duty[0].action, f"no registered clause is a duty; {_REMOVE}")
    for index, constraint in enumerate(permission.constraint):
        _check_constraint(constraint, f"{where}.constraint[{index}]")


def _check_prohibition(prohibition: Prohibition, where: str) -> None:
    _check_frame(prohibition, where)
    if prohibition.remedy:
        raise UnknownTerm(f"{where}.remedy", "remedy", f"no registered clause has a remedy; {_REMOVE}")
    if prohibition.constraint:
        # It would stand there as a promise and look like a gate.
        raise UnknownTerm(
            f"{where}.constraint[0]", "constraint", f"no registered prohibition has conditions; {_REMOVE}"
        )
    if clause_of_prohibition(prohibition) is None:
        raise UnknownTerm(
            f"{where}.action",
            prohibition.action,
            f"no registered clause prohibits {shown(prohibition.action)}; {_REMOVE}",
        )


def _check_constraint(constraint: AnyConstraint, where: str) -> None:
    if isinstance(constraint, Constraint):
        _check_atomic(constraint, where)
        return
    _check_extra(constraint.extra, where)
    if constraint.operator not in ("and", "or", "xone"):
        raise UnknownTerm(where, constraint.operator, f"{shown(constraint.operator)} cannot be judged here; {_REMOVE}")
    for index, part in enumerate(constraint.constraints):
        _check_constraint(part, f"{where}.{constraint.operator}[{index}]")


def _check_atomic(constraint: Constraint, where: str) -> None:
    term = unknown_in(constraint)
    if term is not None:
        raise UnknownTerm(where, term, f"the term {shown(term)} is not registered in this place; {_REMOVE}")
    clause = clause_of_constraint(constraint)
    operand = find_operand(constraint.left_operand)
    if operand is None or operand.enforcer != "E" or (clause is not None and clause.enforcer != "E"):
        raise UnknownTerm(
            where, constraint.left_operand, "a condition must be one that the provider's connector can enforce"
        )
    if not is_readable(constraint):
        raise PolicyError(
            f"{where}.rightOperand",
            f"{shown(', '.join(constraint.values))} is no value for {constraint.left_operand} {constraint.operator}",
        )
    if constraint.left_operand == "purpose":
        for purpose in constraint.values:
            if purpose_iri(purpose) not in PURPOSE_NAMES:
                raise UnknownTerm(f"{where}.rightOperand", purpose, f"{shown(purpose)} is no registered purpose")


def _check_frame(rule: Rule, where: str) -> None:
    """On the wire of the Dataspace Protocol a policy speaks of one data set and two parties, and its actions are names."""
    for name in ("target", "assigner", "assignee"):
        if getattr(rule, name) is not None:
            raise UnknownTerm(where, name, f"{shown(name)} belongs to the whole policy, not to one rule; {_REMOVE}")
    if rule.refinement:
        raise UnknownTerm(f"{where}.action", "refinement", f"no registered clause refines an action; {_REMOVE}")
    _check_extra(rule.extra, where)


def _check_extra(extra: tuple[tuple[str, str], ...], where: str) -> None:
    if extra:
        name = extra[0][0]
        raise UnknownTerm(where, name, f"the property {shown(name)} is not known here; {_REMOVE}")
