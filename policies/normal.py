"""The normal form of terms: equal for two policies exactly when they say the same in the same structure."""

from typing import Any, Final, TypeAlias

from policies.model import AnyConstraint, Constraint, Duty, Permission, Policy, Prohibition, Rule
from policies.vocabulary import ANNOTATIONS

Form: TypeAlias = tuple[Any, ...]

_NOT_TERMS: Final = ANNOTATIONS | {"@type"}


def normal_form(policy: Policy) -> Form:
    """All terms of a policy without who, about what, when and under which id; every order that says nothing is gone."""
    return (
        _sorted(rule_form(rule) for rule in policy.permission),
        _sorted(rule_form(rule) for rule in policy.prohibition),
        _sorted(rule_form(rule) for rule in policy.obligation),
        tuple(sorted(policy.profile)),
        policy.conflict or "invalid",
        tuple(item for item in policy.extra if item[0] not in _NOT_TERMS),
    )


def rule_form(rule: Rule) -> Form:
    """One rule, without its id."""
    constraints = _sorted(constraint_form(part) for part in rule.constraint)
    return (rule.action, constraints, _duties(rule), rule.extra, frame_form(rule))


def frame_form(rule: Rule) -> Form:
    """What a rule is about, and how its action is narrowed; empty for a rule that leaves this to its policy."""
    if rule.target is rule.assigner is rule.assignee is None and not rule.refinement:
        return ()
    return (rule.target, rule.assigner, rule.assignee, _sorted(constraint_form(part) for part in rule.refinement))


def constraint_form(constraint: AnyConstraint) -> Form:
    """One constraint, without its id. The order within andSequence is part of what it says and stays."""
    if isinstance(constraint, Constraint):
        return (
            "",
            constraint.left_operand,
            constraint.operator,
            # One value and a list of one say the same; so does a value named twice.
            tuple(sorted(set(constraint.values))),
            (constraint.right_operand_reference, constraint.data_type, constraint.unit, constraint.status),
            constraint.extra,
        )
    parts = [constraint_form(part) for part in constraint.constraints]
    ordered = tuple(parts) if constraint.operator == "andSequence" else _sorted(parts)
    return (constraint.operator, ordered, constraint.extra)


def _duties(rule: Rule) -> Form:
    found: tuple[Duty, ...] = ()
    if isinstance(rule, Permission):
        found = rule.duty
    elif isinstance(rule, Prohibition):
        found = rule.remedy
    elif isinstance(rule, Duty):
        found = rule.consequence
    return _sorted(rule_form(duty) for duty in found)


def _sorted(forms: Any) -> Form:
    # By their text: forms of different shapes have no order of their own.
    return tuple(sorted(forms, key=repr))
