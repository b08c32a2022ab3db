"""Does a rule fit? Each of its conditions is true, false, or cannot be told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.services.agreeing.facts import Facts
from connector.services.agreeing.quantities import QUANTITIES, Held
from connector.services.agreeing.rule import AgreeingRule, Changes, Outcome, Side
from policies.model import AnyConstraint, Constraint
from policies.vocabulary import purpose_iri


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule: its name in JSON, and whether it holds (None: it cannot be told)."""

    name: str
    holds: Held


def conditions(rule: AgreeingRule, facts: Facts) -> Sequence[Condition]:
    """All conditions that a rule names."""
    return [Condition(name, holds) for name, holds in _conditions(rule, facts)]


def fits(rule: AgreeingRule, facts: Facts) -> bool:
    """Whether the rule applies. What cannot be told is never reason enough to agree, and always reason enough to wait."""
    held = [condition.holds for condition in conditions(rule, facts)]
    if rule.outcome is Outcome.AGREE:
        return facts.policy is not None and all(holds is True for holds in held)
    return all(holds is not False for holds in held)


def _conditions(rule: AgreeingRule, facts: Facts) -> Iterator[tuple[str, Held]]:
    if rule.side is not Side.EITHER:
        yield "side", rule.side.value == facts.role.value
    if rule.partners:
        yield "partners", facts.partner in rule.partners
    if rule.except_partners:
        yield "exceptPartners", facts.partner not in rule.except_partners
    if rule.countries:
        yield "countries", None if facts.country is None else facts.country in rule.countries
    if rule.except_countries:
        yield "exceptCountries", None if facts.country is None else facts.country not in rule.except_countries
    if rule.datasets:
        yield "datasets", facts.dataset in rule.datasets
    if rule.purposes:
        yield "purposes", _purposes(facts, {purpose_iri(purpose) for purpose in rule.purposes})
    if rule.only:
        yield "only", all(clause in rule.only for clause, _ in facts.clauses)
    if rule.having:
        yield "having", _having(facts, rule.having)
    if rule.classes:
        yield "classes", all(kind in rule.classes for _, kind in facts.clauses)
    for quantity, bound in rule.at_most.items():
        known = QUANTITIES[quantity]
        yield f"atMost {quantity}", facts.within(known.at_most, known.read(bound))
    for quantity, bound in rule.at_least.items():
        known = QUANTITIES[quantity]
        yield f"atLeast {quantity}", facts.within(known.at_least, known.read(bound))
    if rule.changes is not Changes.ANY:
        yield "changes", _changes(facts, rule.changes)


def _purposes(facts: Facts, allowed: set[str]) -> Held:
    """Whether every purpose of the terms is one of these."""
    if facts.policy is None:
        return None
    uses = [rule for rule in facts.policy.permission if rule.action == "use"]
    return all(_within(rule.constraint, allowed) for rule in uses) if uses else None


def _within(parts: tuple[AnyConstraint, ...], allowed: set[str]) -> bool:
    """All constraints hold together: it is enough that one of them names purposes, and only these."""
    named = [part for part in parts if isinstance(part, Constraint) and part.left_operand == "purpose"]
    return any(
        part.operator in {"eq", "isAnyOf"} and part.values and {purpose_iri(text) for text in part.values} <= allowed
        for part in named
    )


def _having(facts: Facts, wanted: tuple[str, ...]) -> Held:
    found = {clause for clause, _ in facts.clauses}
    if found & set(wanted):
        return True
    # What is said in words that we do not know, or as an alternative, may be it.
    return None if facts.policy is None or found & {"unknown", "any-of", "one-of"} else False


def _changes(facts: Facts, allowed: Changes) -> Held:
    found = facts.differences()
    if found is None:
        return None
    return not found if allowed is Changes.NONE else all(change.favours == facts.role.value for change in found)
