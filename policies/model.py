"""The ODRL information model, as far as the Dataspace Protocol carries it: frozen values, compared by content.

Names are ODRL's; Python attributes are their snake_case. What a document holds beyond this stays in `extra`, so that
writing gives back what was read. A policy is built by `policies.parse.parse_policy`, or by hand in tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

Extra: TypeAlias = tuple[tuple[str, str], ...]
"""Properties we have no field for: (name, JSON text of the value), sorted by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """An atomic constraint (ODRL Information Model 2.5.1): left operand, operator, right operand.

    Attributes:
        right_operand: one text or several; numbers and times are texts, as DSP demands. None only beside a reference.
        data_type: `xsd:…` or an IRI, when the document gives one.
        unit, status, right_operand_reference: kept, and never understood here: the constraint cannot be judged then.
    """

    left_operand: str
    operator: str
    right_operand: str | tuple[str, ...] | None
    right_operand_reference: str | None = None
    data_type: str | None = None
    unit: str | None = None
    status: str | None = None
    id: str | None = None
    extra: Extra = ()

    @property
    def values(self) -> tuple[str, ...]:
        """The right operand as a list, whether it was written as one or not."""
        right = self.right_operand
        if isinstance(right, str):
            return (right,)
        return right or ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogicalConstraint:
    """Constraints joined by `and`, `or`, `xone` or `andSequence` (2.5.2); never empty when it was parsed."""

    operator: str
    constraints: tuple["Constraint | LogicalConstraint", ...]
    id: str | None = None
    extra: Extra = ()


AnyConstraint: TypeAlias = Constraint | LogicalConstraint


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a permission, a prohibition and a duty have in common; all its constraints must hold (2.6).

    Attributes:
        target, assigner, assignee: its own, where it names them; else those of the policy are meant (2.7.2). An IRI of an
            asset or party, or of a collection of them.
        refinement: conditions on how the action is done (2.4.2); they narrow the rule as constraints do.
    """

    action: str
    target: str | None = None
    assigner: str | None = None
    assignee: str | None = None
    constraint: tuple[AnyConstraint, ...] = ()
    refinement: tuple[AnyConstraint, ...] = ()
    id: str | None = None
    extra: Extra = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Rule):
    """Something to be done: `obligation` of a policy, `duty` of a permission, `remedy`, `consequence`."""

    consequence: tuple["Duty", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission(Rule):
    """The action is allowed while every constraint holds, once every `duty` is fulfilled."""

    duty: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prohibition(Rule):
    """The action is forbidden while every constraint holds."""

    remedy: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Rules about one target. This class itself: rules that are not yet a Set, an Offer or an Agreement.

    Attributes:
        conflict: `perm`, `prohibit` or `invalid` as written; None where nothing is written, which means `invalid`.
    """

    type: ClassVar[str | None] = None

    id: str | None = None
    profile: tuple[str, ...] = ()
    target: str | None = None
    assigner: str | None = None
    assignee: str | None = None
    timestamp: str | None = None
    conflict: str | None = None
    permission: tuple[Permission, ...] = ()
    prohibition: tuple[Prohibition, ...] = ()
    obligation: tuple[Duty, ...] = ()
    extra: Extra = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Policy):
    """Rules without parties (2.1.1)."""

    type: ClassVar[str | None] = "Set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Policy):
    """Rules that an assigner proposes (2.1.2); in a DSP catalog without `target`, in a message with it."""

    type: ClassVar[str | None] = "Offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Policy):
    """Rules between two parties (2.1.3).

    When it was parsed, `id` is there, and `target`, `assigner` and `assignee` are, unless the rules differ in them, or
    describe them instead of naming them: `check_terms` refuses that.
    """

    type: ClassVar[str | None] = "Agreement"


def constraints_of(policy: Policy) -> Iterator[Constraint]:
    """Every single comparison of a policy, in rules, refinements and duties, wherever it stands."""
    rules: list[Rule] = [*policy.permission, *policy.prohibition, *policy.obligation]
    waiting: list[AnyConstraint] = []
    while rules:
        rule = rules.pop()
        waiting += [*rule.constraint, *rule.refinement]
        for name in ("duty", "remedy", "consequence"):
            rules += getattr(rule, name, ())
    while waiting:
        constraint = waiting.pop()
        if isinstance(constraint, Constraint):
            yield constraint
        else:
            waiting += constraint.constraints
