"""LEFT_OPERANDS: which left operands this connector understands, and how to read each from a context."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from policies.clauses.registry import Enforcer
from policies.context import Context, Scope, TransferContext
from policies.literals import read_count, read_time
from policies.model import Constraint
from policies.vocabulary import purpose_iri

Value: TypeAlias = datetime | int | str


@dataclass(frozen=True, slots=True)
class LeftOperand:
    """One thing that a constraint may be about.

    Attributes:
        name: ODRL's local name.
        datatypes: what `dataType` may say; the first is what the values are.
        scopes: where its value is known for good. Elsewhere the constraint is deferred.
        enforcer: who keeps it; only class E may gate (architecture 5, 17).
        operators: the comparisons that make sense with it.
        read_left: the value in a context, None if the context has none.
        read_right: a value of the constraint from its text, None if the text is none.
        only_grows: whether the value never falls, so that an upper bound once broken stays broken.
    """

    name: str
    datatypes: tuple[str, ...]
    scopes: frozenset[Scope]
    enforcer: Enforcer
    operators: frozenset[str]
    read_left: Callable[[Context], Value | None]
    read_right: Callable[[str], Value | None]
    only_grows: bool = False


def _now(context: Context) -> datetime:
    return context.now


def _count(context: Context) -> int | None:
    # `count lteq 3` allows three uses: the one that is asked for is counted.
    return context.uses + 1 if isinstance(context, TransferContext) else None


def _purpose(context: Context) -> str | None:
    if isinstance(context, TransferContext) and context.purpose is not None:
        return purpose_iri(context.purpose)
    return None


def _recipient(context: Context) -> str:
    return context.party.id


def _iri(text: str) -> str | None:
    return text if ":" in text else None


_TRANSFER: Final = frozenset({Scope.TRANSFER})
_EVERYWHERE: Final = frozenset(Scope)
_IRI_TYPES: Final = ("xsd:anyURI", "xsd:string", "@id")

LEFT_OPERANDS: Final[Mapping[str, LeftOperand]] = MappingProxyType(
    {
        operand.name: operand
        for operand in (
            LeftOperand(
                "dateTime", ("xsd:dateTime",), _TRANSFER, "E", frozenset({"lt", "lteq", "gt", "gteq"}),
                _now, read_time, only_grows=True,
            ),
            LeftOperand(
                "count", ("xsd:integer", "xsd:nonNegativeInteger", "xsd:positiveInteger"), _TRANSFER, "E",
                frozenset({"lt", "lteq"}), _count, read_count, only_grows=True,
            ),
            LeftOperand("purpose", _IRI_TYPES, _TRANSFER, "E", frozenset({"eq", "isAnyOf"}), _purpose, purpose_iri),
            LeftOperand("recipient", _IRI_TYPES, _EVERYWHERE, "E", frozenset({"eq", "isAnyOf"}), _recipient, _iri),
        )
    }
)  # fmt: skip


def unknown_in(constraint: Constraint) -> str | None:
    """The first term of the constraint that no registry knows, or None.

    A constraint is known when its operand is registered, its operator makes sense with the operand, and nothing else in it
    could change what it means (unit, reference, status, a datatype of something else, foreign properties).
    """
    operand = LEFT_OPERANDS.get(constraint.left_operand)
    if operand is None:
        return constraint.left_operand
    if constraint.operator not in operand.operators:
        return constraint.operator
    if constraint.extra:
        return constraint.extra[0][0]
    if constraint.data_type is not None and constraint.data_type not in operand.datatypes:
        return constraint.data_type
    for name, value in (
        ("unit", constraint.unit),
        ("status", constraint.status),
        ("rightOperandReference", constraint.right_operand_reference),
    ):
        if value is not None:
            return name
    return None
