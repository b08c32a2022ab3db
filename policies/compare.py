"""Is this counter-offer inside that offer? What differs, clause by clause?"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from policies.clauses.obligations import clause_of_obligation
from policies.clauses.registry import clause_of_permission, clause_of_prohibition
from policies.favour import Direction, Part, Side, favoured
from policies.limits import compared
from policies.model import AnyConstraint, Constraint, Duty, Permission, Policy, Prohibition, Rule
from policies.normal import constraint_form, normal_form, rule_form
from policies.operands import find_operand
from policies.parse import parse_policy
from policies.refusals import clause_id_of

Change: TypeAlias = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One clause in which what is asked differs from what was offered.

    Attributes:
        clause_id: a clause of `policies.clauses`, or `rule`, `profile`, `conflict`, `property` for what is no clause.
        change: whether the clause was added by the asker, removed, or changed.
        direction: `stricter` allows less than the offer, `looser` more, `other` cannot be put so.
        offered, asked: the parts of the two policies; empty where there is none.
        favours: which side is better off with what is asked; neither, where that cannot be said.
    """

    clause_id: str
    change: Change
    direction: Direction
    offered: tuple[Part, ...]
    asked: tuple[Part, ...]
    favours: Side = "neither"


def same_terms(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether two policies in wire form have the same terms.

    Ids, types, target, parties and timestamp do not count; neither do the order of rules, constraints and values, one value
    against a list of it, nor the spelling of names. Everything else does, known or not.

    Raises:
        PolicyError: one of them is no policy.
    """
    return are_same(parse_policy(a), parse_policy(b))


def are_same(a: Policy, b: Policy) -> bool:
    """As `same_terms`, of two that were read."""
    return normal_form(a) == normal_form(b)


def differences(offered: Policy, asked: Policy) -> tuple[Difference, ...]:
    """Clause by clause; empty exactly when both have the same terms."""
    if normal_form(offered) == normal_form(asked):
        return ()
    found = [
        *_permissions(_uses(offered.permission), _uses(asked.permission)),
        *_bare(offered.permission, asked.permission, added="looser", removed="stricter"),
        *_bare(offered.prohibition, asked.prohibition, added="stricter", removed="looser"),
        *_obligations(offered.obligation, asked.obligation),
    ]
    if sorted(offered.profile) != sorted(asked.profile):
        found.append(_difference("profile", offered.profile, asked.profile, "other"))
    if (offered.conflict or "invalid") != (asked.conflict or "invalid"):
        strategies = (offered.conflict or "invalid",), (asked.conflict or "invalid",)
        found.append(_difference("conflict", *strategies, "other"))
    extras = normal_form(offered)[-1], normal_form(asked)[-1]
    if extras[0] != extras[1]:
        names = [tuple(f"{name} {text}" for name, text in extra) for extra in extras]
        found.append(_difference("property", names[0], names[1], "other"))
    return tuple(found)


def is_inside(offered: Policy, asked: Policy) -> bool:
    """Whether what is asked allows nothing that the offer does not allow: every difference is stricter."""
    return all(difference.direction == "stricter" for difference in differences(offered, asked))


def _permissions(offered: tuple[Permission, ...], asked: tuple[Permission, ...]) -> list[Difference]:
    if len(offered) != 1 or len(asked) != 1 or _frame(offered[0]) != _frame(asked[0]):
        return _whole("rule", offered, asked, rule_form, added="looser", removed="stricter")
    mine, theirs = _by_clause(offered[0].constraint), _by_clause(asked[0].constraint)
    found = []
    for clause_id in dict.fromkeys((*mine, *theirs)):
        before, after = mine.get(clause_id, ()), theirs.get(clause_id, ())
        if Counter(map(constraint_form, before)) != Counter(map(constraint_form, after)):
            direction: Direction = "stricter" if not before else "looser" if not after else _direction(before, after)
            found.append(_difference(clause_id, before, after, direction))
    return found


def _frame(rule: Permission) -> Any:
    """A permission without its constraints."""
    action, _, *others = rule_form(rule)
    return action, *others


def _by_clause(constraints: tuple[AnyConstraint, ...]) -> dict[str, tuple[AnyConstraint, ...]]:
    found: dict[str, tuple[AnyConstraint, ...]] = {}
    for constraint in constraints:
        known = isinstance(constraint, Constraint) and find_operand(constraint.left_operand) is not None
        key = clause_id_of(constraint) if isinstance(constraint, Constraint) and known else "rule"
        found[key] = (*found.get(key, ()), constraint)
    return found


def _direction(before: tuple[AnyConstraint, ...], after: tuple[AnyConstraint, ...]) -> Direction:
    """For one clause on both sides: which allows less. Only plain, well-known constraints can be put so."""
    mine, theirs = ({constraint_form(part): part for part in parts} for parts in (before, after))
    old_parts = [part for form, part in mine.items() if form not in theirs]
    new_parts = [part for form, part in theirs.items() if form not in mine]
    if not old_parts or not new_parts:
        # All of them must hold: one more allows less, and the same one twice allows the same.
        return "looser" if old_parts else "stricter"
    if len(old_parts) != 1 or len(new_parts) != 1:
        return "other"
    old, new = old_parts[0], new_parts[0]
    if not isinstance(old, Constraint) or not isinstance(new, Constraint) or old.left_operand != new.left_operand:
        return "other"
    found = compared(old, new)
    return "other" if found == "same" else found


def _uses(permissions: tuple[Permission, ...]) -> tuple[Permission, ...]:
    return tuple(permission for permission in permissions if clause_of_permission(permission) is None)


def _bare(
    offered: tuple[Rule, ...], asked: tuple[Rule, ...], *, added: Direction, removed: Direction
) -> list[Difference]:
    """Prohibitions, and permissions that are a clause by themselves."""
    mine, theirs = (
        tuple(r for r in rules if not isinstance(r, Permission) or clause_of_permission(r))
        for rules in (offered, asked)
    )
    found = _whole("rule", mine, theirs, rule_form, added=added, removed=removed)
    return [
        Difference(
            _clause_of_rule(difference),
            difference.change,
            difference.direction,
            difference.offered,
            difference.asked,
            difference.favours,
        )
        for difference in found
    ]


def _obligations(offered: tuple[Duty, ...], asked: tuple[Duty, ...]) -> list[Difference]:
    """Clause by clause; who owes something would rather owe less, so that nothing here is plainly stricter."""
    mine, theirs = _by_name(offered), _by_name(asked)
    found = []
    for clause_id in dict.fromkeys((*mine, *theirs)):
        before, after = mine.get(clause_id, ()), theirs.get(clause_id, ())
        if Counter(map(rule_form, before)) != Counter(map(rule_form, after)):
            found.append(_difference(clause_id, before, after, "other"))
    return found


def _by_name(duties: tuple[Duty, ...]) -> dict[str, tuple[Duty, ...]]:
    found: dict[str, tuple[Duty, ...]] = {}
    for duty in duties:
        clause = clause_of_obligation(duty)
        key = clause.id if clause else "rule"
        found[key] = (*found.get(key, ()), duty)
    return found


def _clause_of_rule(difference: Difference) -> str:
    (part,) = difference.offered or difference.asked
    clause = clause_of_prohibition(part) if isinstance(part, Prohibition) else None
    if isinstance(part, Permission):
        clause = clause_of_permission(part)
    return clause.id if clause else "rule"


def _whole(
    clause_id: str,
    offered: Iterable[Rule],
    asked: Iterable[Rule],
    form: Callable[[Rule], Any],
    *,
    added: Direction = "other",
    removed: Direction = "other",
) -> list[Difference]:
    """Whole rules that only one side has."""
    left, right = Counter(map(form, offered)), Counter(map(form, asked))
    return [
        *(_difference(clause_id, (rule,), (), removed) for rule in _only(offered, right, form)),
        *(_difference(clause_id, (), (rule,), added) for rule in _only(asked, left, form)),
    ]


def _only(rules: Iterable[Rule], others: Counter[Any], form: Callable[[Rule], Any]) -> list[Rule]:
    left = others.copy()
    found = []
    for rule in rules:
        key = form(rule)
        if left[key]:
            left[key] -= 1
        else:
            found.append(rule)
    return found


def _difference(clause_id: str, offered: tuple[Part, ...], asked: tuple[Part, ...], direction: Direction) -> Difference:
    change: Change = "added" if not offered else "removed" if not asked else "changed"
    return Difference(clause_id, change, direction, offered, asked, favoured(clause_id, direction, offered, asked))
