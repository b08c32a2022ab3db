"""LEFT_OPERANDS: which left operands this connector understands, and how to read each from a context.

An operand that does not stand here does not exist: a constraint about it is refused by name wherever terms are looked at.
All of them are of class E: the provider's connector keeps them on every single request.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from policies import comparisons, facts
from policies.clauses.registry import Enforcer
from policies.context import Context, Scope
from policies.durations import read_duration
from policies.literals import read_count, read_time
from policies.model import Constraint
from policies.operators import Operator, some, some_of_sets
from policies.readings import read_country, read_digest, read_iri, read_text, read_true, read_word
from policies.vocabulary import MMD, purpose_iri
from policies.windows import read_rate, read_window

CLAIM: Final = MMD + "claim/"
"""`claim/NAME`: what a verified credential of the party says under NAME."""
_CLAIM_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9._:-]{0,127}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LeftOperand:
    """One thing that a constraint may be about.

    Attributes:
        name: ODRL's local name, or an IRI of our vocabulary.
        datatypes: what `dataType` may say; the first is what the values are.
        scopes: where its value is known for good. Elsewhere the constraint is deferred.
        enforcer: who keeps it; only class E may gate (architecture 5, 17).
        operators: the comparisons that make sense with it.
        read_left: the value in a context, None if the context has none.
        read_right: a value of the constraint from its text, None if the text is none.
        only_grows: whether the value never falls, so that an upper bound once broken stays broken.
        broken: the code of the reason when a comparison does not hold; empty: by the kind of the comparison.
        missing: the code of the reason when whoever asks has not said it, which is a refusal; empty: a fact that is not
            known here, which leaves the answer undetermined.
    """

    name: str
    datatypes: tuple[str, ...]
    scopes: frozenset[Scope]
    enforcer: Enforcer
    operators: Mapping[str, Operator]
    read_left: Callable[[Context], Any]
    read_right: Callable[[str], Any]
    only_grows: bool = False
    broken: str = ""
    missing: str = ""


_TRANSFER: Final = frozenset({Scope.TRANSFER})
_FROM_NEGOTIATION: Final = frozenset({Scope.NEGOTIATION, Scope.TRANSFER})
_EVERYWHERE: Final = frozenset(Scope)
_IRI: Final = ("xsd:anyURI", "xsd:string", "@id")
_TEXT: Final = ("xsd:string",)
_WHOLE: Final = ("xsd:integer", "xsd:nonNegativeInteger", "xsd:positiveInteger")
_TRUTH: Final = ("xsd:boolean", "xsd:string")
_ONE_OF: Final = some("eq", "isAnyOf")
_ANY_OR_NONE: Final = some("eq", "neq", "isAnyOf", "isNoneOf")

LEFT_OPERANDS: Final[Mapping[str, LeftOperand]] = MappingProxyType(
    {
        operand.name: operand
        for operand in (
            # When.
            LeftOperand(
                "dateTime", ("xsd:dateTime", "xsd:dateTimeStamp"), _TRANSFER, "E",
                some("eq", "neq", "lt", "lteq", "gt", "gteq"), facts.now, read_time, only_grows=True,
            ),
            LeftOperand(
                "elapsedTime", ("xsd:duration", "xsd:dayTimeDuration", "xsd:yearMonthDuration"), _TRANSFER, "E",
                comparisons.ELAPSED, facts.elapsed, read_duration, only_grows=True,
            ),
            LeftOperand(
                MMD + "provisionEnd", ("xsd:dateTime", "xsd:dateTimeStamp"), _TRANSFER, "E", some("lteq"), facts.now,
                read_time, only_grows=True,
            ),
            LeftOperand(
                MMD + "timeOfDay", _TEXT, _TRANSFER, "E", comparisons.TIME_OF_DAY, facts.now, read_window,
                broken="outside-hours",
            ),
            # How much.
            LeftOperand(
                "count", _WHOLE, _TRANSFER, "E", some("lt", "lteq"), facts.count, read_count, only_grows=True,
                broken="used-up",
            ),
            LeftOperand(
                MMD + "frequency", _TEXT, _TRANSFER, "E", comparisons.FREQUENCY, facts.used_at, read_rate, broken="too-often",
            ),
            LeftOperand(
                MMD + "maxRows", _WHOLE, _TRANSFER, "E", some("lteq"), facts.rows, read_count, only_grows=True,
                broken="too-many-rows",
            ),
            LeftOperand(
                MMD + "maxBytes", _WHOLE, _TRANSFER, "E", some("lteq"), facts.size, read_count, only_grows=True,
                broken="too-many-bytes",
            ),
            # What for, and where it goes.
            LeftOperand(
                "purpose", _IRI, _TRANSFER, "E", _ONE_OF, facts.purpose, purpose_iri,
                broken="purpose-not-agreed", missing="purpose-missing",
            ),
            LeftOperand(
                MMD + "environment", (*_TEXT, *_IRI), _TRANSFER, "E", _ONE_OF, facts.environment,
                read_word("fileDelivery", "cleanRoom"), broken="wrong-environment",
            ),
            # Who.
            LeftOperand(
                "recipient", _IRI, _EVERYWHERE, "E", comparisons.RECIPIENT, facts.party, read_iri,
                broken="not-a-recipient",
            ),
            LeftOperand(
                "spatial", (*_TEXT, *_IRI), _EVERYWHERE, "E", comparisons.PLACE, facts.country, read_country,
                broken="wrong-place",
            ),
            LeftOperand(
                MMD + "affiliateOf", _IRI, _EVERYWHERE, "E", some_of_sets("eq", "isAnyOf"), facts.groups, read_iri,
                broken="not-affiliated",
            ),
            LeftOperand(
                MMD + "namedRecipients", (*_TEXT, *_IRI), _TRANSFER, "E", comparisons.NAMED, facts.person, read_digest,
                broken="person-not-named", missing="person-missing",
            ),
            LeftOperand(
                MMD + "credentialType", (*_TEXT, *_IRI), _EVERYWHERE, "E",
                some_of_sets("eq", "isA", "isAnyOf", "isAllOf", "hasPart"), facts.credential_types, read_text,
                broken="credential-missing",
            ),
            # What the data is.
            LeftOperand(
                MMD + "exportControl", (*_TEXT, *_IRI), _EVERYWHERE, "E", _ONE_OF, facts.export_control,
                read_word("none", "reported", "approved"), broken="export-control",
            ),
            LeftOperand(
                MMD + "pseudonymLevel", _WHOLE, _EVERYWHERE, "E", some("gteq"), facts.pseudonym_level, read_count,
                broken="pseudonym-level",
            ),
            LeftOperand(
                MMD + "consent", (*_TEXT, *_IRI), _EVERYWHERE, "E", some_of_sets("eq", "isAllOf"), facts.consents,
                read_digest, broken="consent-withdrawn",
            ),
            # What else holds.
            LeftOperand(
                MMD + "exclusive", _TRUTH, _FROM_NEGOTIATION, "E", some("eq"), facts.exclusive, read_true,
                broken="not-exclusive",
            ),
            LeftOperand(
                MMD + "prepaid", _TRUTH, _TRANSFER, "E", some("eq"), facts.prepaid, read_true, broken="not-prepaid",
            ),
        )
    }
)  # fmt: skip

_ANY_CLAIM: Final = LeftOperand(
    CLAIM, (*_TEXT, *_IRI, "xsd:boolean", *_WHOLE), _EVERYWHERE, "E",
    some_of_sets("eq", "neq", "isA", "isAnyOf", "isNoneOf", "isAllOf", "hasPart"), facts.nothing, read_text,
    broken="claim-not-met",
)  # fmt: skip


@lru_cache(maxsize=1024)
def find_operand(name: str) -> LeftOperand | None:
    """The registered operand of this name; of `claim/NAME` the one that reads this claim. None when there is none."""
    found = LEFT_OPERANDS.get(name)
    if found is not None or not name.startswith(CLAIM):
        return found
    claim = name[len(CLAIM) :]
    if _CLAIM_NAME.fullmatch(claim) is None:
        return None
    return replace(_ANY_CLAIM, name=name, read_left=facts.claim(claim))


def unknown_in(constraint: Constraint) -> str | None:
    """The first term of the constraint that no registry knows, or None.

    A constraint is known when its operand is registered, its operator makes sense with the operand, and nothing else in it
    could change what it means (unit, reference, status, a datatype of something else, foreign properties).
    """
    operand = find_operand(constraint.left_operand)
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
