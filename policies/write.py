"""Model → compact JSON, as the Dataspace Protocol 2025-1 writes policies. `policies.parse` is the way back."""

import json
from collections.abc import Sequence
from typing import Any

from policies.model import AnyConstraint, Constraint, Duty, LogicalConstraint, Permission, Policy, Prohibition, Rule
from policies.vocabulary import CONFLICT_STRATEGIES, ODRL_TERMS, wire_name


def write_policy(policy: Policy) -> dict[str, Any]:
    """The policy as a DSP message carries it; `parse_policy` of the answer gives an equal policy."""
    written: dict[str, Any] = {}
    _put(written, "@id", policy.id)
    _put(written, "@type", policy.type)
    if policy.profile:
        written["profile"] = policy.profile[0] if len(policy.profile) == 1 else list(policy.profile)
    for name in ("target", "assigner", "assignee", "timestamp"):
        _put(written, name, getattr(policy, name))
    if policy.conflict is not None:
        # The DSP context has no `conflict`: prefixed, and its value as an id.
        known = policy.conflict in CONFLICT_STRATEGIES
        written["odrl:conflict"] = {"@id": f"odrl:{policy.conflict}" if known else policy.conflict}
    _put_all(written, "permission", [_write_rule(rule) for rule in policy.permission])
    _put_all(written, "prohibition", [_write_rule(rule) for rule in policy.prohibition])
    _put_all(written, "obligation", [_write_rule(rule) for rule in policy.obligation])
    _put_extra(written, policy.extra)
    return written


def write_constraint(constraint: AnyConstraint) -> dict[str, Any]:
    """One constraint as it stands in a rule."""
    written: dict[str, Any] = {}
    _put(written, "@id", constraint.id)
    if isinstance(constraint, LogicalConstraint):
        written[constraint.operator] = [write_constraint(part) for part in constraint.constraints]
    else:
        _write_atomic(constraint, written)
    _put_extra(written, constraint.extra)
    return written


def _write_rule(rule: Rule) -> dict[str, Any]:
    written: dict[str, Any] = {}
    _put(written, "@id", rule.id)
    written["action"] = _write_action(rule)
    for name in ("target", "assigner", "assignee"):
        _put(written, name, getattr(rule, name))
    _put_all(written, "constraint", [write_constraint(part) for part in rule.constraint])
    if isinstance(rule, Permission):
        _put_all(written, "duty", _write_duties(rule.duty))
    elif isinstance(rule, Prohibition):
        _put_all(written, "odrl:remedy", _write_duties(rule.remedy))
    elif isinstance(rule, Duty):
        _put_all(written, "odrl:consequence", _write_duties(rule.consequence))
    _put_extra(written, rule.extra)
    return written


def _write_action(rule: Rule) -> Any:
    if not rule.refinement:
        return wire_name(rule.action)
    refinement = [write_constraint(part) for part in rule.refinement]
    return [
        {
            "rdf:value": {"@id": f"odrl:{rule.action}" if rule.action in ODRL_TERMS else rule.action},
            "odrl:refinement": refinement,
        }
    ]


def _write_duties(duties: Sequence[Duty]) -> list[dict[str, Any]]:
    return [_write_rule(duty) for duty in duties]


def _write_atomic(constraint: Constraint, written: dict[str, Any]) -> None:
    written["leftOperand"] = wire_name(constraint.left_operand)
    written["operator"] = wire_name(constraint.operator)
    right = constraint.right_operand
    if right is not None:
        written["rightOperand"] = right if isinstance(right, str) else list(right)
    for name, iri in (
        ("odrl:rightOperandReference", constraint.right_operand_reference),
        ("odrl:dataType", constraint.data_type),
        ("odrl:unit", constraint.unit),
    ):
        if iri is not None:
            written[name] = {"@id": iri}
    _put(written, "odrl:status", constraint.status)


def _put(written: dict[str, Any], name: str, value: str | None) -> None:
    if value is not None:
        written[name] = value


def _put_all(written: dict[str, Any], name: str, values: list[dict[str, Any]]) -> None:
    # An empty list is invalid in the standard's schemas: leave the property out.
    if values:
        written[name] = values


def _put_extra(written: dict[str, Any], extra: tuple[tuple[str, str], ...]) -> None:
    for name, text in extra:
        written[wire_name(name)] = json.loads(text)
