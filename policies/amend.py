"""Other terms from these, clause by clause: what a counter-offer changes; everything else stays as it stands."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TypeVar

from policies.clauses.obligations import clause_of_obligation
from policies.clauses.registry import CLAUSES, clause_of_constraint, clause_of_permission, clause_of_prohibition
from policies.errors import PolicyError, UnknownTerm, shown
from policies.model import Constraint, Duty, Permission, Policy, Prohibition, Rule

P = TypeVar("P")


def amend(policy: Policy, *, put: Policy, drop: Collection[str] = ()) -> Policy:
    """The policy with the clauses of `put` in the place of its own, and without those that `drop` names.

    Args:
        policy: what is changed.
        put: clauses to add; one that is there already is replaced.
        drop: ids of clauses to take out.

    Raises:
        UnknownTerm: `drop` names what is no clause.
        PolicyError: a clause to drop is not there, or clauses cannot be told apart: not exactly one permission to use.
    """
    for clause_id in drop:
        if clause_id not in CLAUSES:
            raise UnknownTerm("$.drop", clause_id, f"{shown(clause_id)} is no clause")
    missing = [clause_id for clause_id in drop if clause_id not in clauses_in(policy)]
    if missing:
        raise PolicyError("$.drop", f"the clause {shown(missing[0])} does not stand in these terms")
    gone = {*drop, *clauses_in(put)}
    use, others = _use(policy)
    new, new_others = _use(put)
    constraint = (*_without(use.constraint, gone, _of_constraint), *new.constraint)
    return replace(
        policy,
        permission=(
            replace(use, constraint=constraint),
            *_without(others, gone, _of_rule),
            *new_others,
        ),
        prohibition=(*_without(policy.prohibition, gone, _of_rule), *put.prohibition),
        obligation=(*_without(policy.obligation, gone, _of_rule), *put.obligation),
    )


def clauses_in(policy: Policy) -> tuple[str, ...]:
    """The ids of the clauses of a policy, each once, in its order; what is no clause is passed over."""
    found = [_of_constraint(part) for rule in policy.permission for part in rule.constraint]
    found += [_of_rule(rule) for rule in (*policy.permission, *policy.prohibition, *policy.obligation)]
    return tuple(dict.fromkeys(clause_id for clause_id in found if clause_id is not None))


def _use(policy: Policy) -> tuple[Permission, tuple[Permission, ...]]:
    uses = [rule for rule in policy.permission if rule.action == "use"]
    if len(uses) != 1:
        raise PolicyError("$.permission", f"{len(uses)} permissions to use; clauses can be changed in one only")
    return uses[0], tuple(rule for rule in policy.permission if rule.action != "use")


def _without(parts: tuple[P, ...], gone: Collection[str], clause_of: Callable[[P], str | None]) -> tuple[P, ...]:
    return tuple(part for part in parts if clause_of(part) not in gone)


def _of_constraint(part: object) -> str | None:
    clause = clause_of_constraint(part) if isinstance(part, Constraint) else None
    return clause.id if clause else None


def _of_rule(rule: Rule) -> str | None:
    clause = None
    if isinstance(rule, Prohibition):
        clause = clause_of_prohibition(rule)
    elif isinstance(rule, Permission):
        clause = clause_of_permission(rule)  # of `use` None: its constraints are clauses, it is none
    elif isinstance(rule, Duty):
        clause = clause_of_obligation(rule)
    return clause.id if clause else None
