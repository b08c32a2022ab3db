"""A rule for agreeing as data: to what it applies, and what then happens."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

from connector.canonical import JsonObject, JsonValue
from connector.services.agreeing.quantities import QUANTITIES
from connector.services.errors import Unprocessable
from connector.trust.did import is_did
from policies.clauses import CLAUSES
from policies.vocabulary import PURPOSE_NAMES, purpose_iri

MAX_LISTED: Final = 1000
MAX_RULES: Final = 200
_NAME: Final = re.compile(r"^[\w가-힣][\w가-힣 .-]{0,63}$")


E = TypeVar("E", bound=StrEnum)


class Outcome(StrEnum):
    """What a rule brings about."""

    AGREE = "agree"
    WAIT = "wait"
    REFUSE = "refuse"
    TWO_PEOPLE = "two-people"
    """It decides nothing; whoever agrees, a second person has to. Every such rule counts, whatever its place."""


class Side(StrEnum):
    """In which role of ours it applies."""

    PROVIDER = "provider"
    CONSUMER = "consumer"
    EITHER = "either"


class Changes(StrEnum):
    """How far what is asked may go from what we offered."""

    NONE = "none"
    OURS = "in-our-favour"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeingRule:
    """It applies when every condition that it names holds; one that it does not name is none.

    Attributes:
        name: what decisions call it.
        outcome: what then happens.
        side: which side we have to be. As a consumer nothing is agreed to unless a rule names this side.
        partners, except_partners: DIDs: only with these; not with these.
        countries, except_countries: where the partner sits (ISO 3166), as its membership says it; not there.
        datasets: ids of data sets.
        purposes: every purpose in the terms is one of these; terms without a purpose have all.
        only: every clause of the terms is one of these.
        having: at least one of these clauses stands in the terms.
        classes: every clause is of one of these classes (E, C, P).
        at_most, at_least: bounds, by quantity (`quantities`).
        changes: how the terms differ from what we offered.
        reason: what the other side is told when it refuses.
    """

    name: str
    outcome: Outcome
    side: Side = Side.PROVIDER
    partners: tuple[str, ...] = ()
    except_partners: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    except_countries: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    having: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    at_most: Mapping[str, str] = field(default_factory=dict)
    at_least: Mapping[str, str] = field(default_factory=dict)
    changes: Changes = Changes.ANY
    reason: str | None = None

    def to_json(self) -> JsonObject:
        """As the API shows it and the store keeps it."""
        listed = {json: list(getattr(self, name)) for json, (name, _) in _LISTS.items()}
        return {
            "name": self.name,
            "outcome": self.outcome.value,
            "side": self.side.value,
            **{name: values for name, values in listed.items() if values},
            **({"atMost": dict(self.at_most)} if self.at_most else {}),
            **({"atLeast": dict(self.at_least)} if self.at_least else {}),
            **({"changes": self.changes.value} if self.changes is not Changes.ANY else {}),
            **({"reason": self.reason} if self.reason else {}),
        }


_Check: TypeAlias = Callable[[str], bool]


def _is_id(text: str) -> bool:
    return 0 < len(text) <= 2048 and text.isprintable()  # noqa: PLR2004 - as everywhere for an IRI


def _is_country(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isupper()  # noqa: PLR2004 - ISO 3166, alpha-2


_LISTS: Final[Mapping[str, tuple[str, _Check]]] = {
    "partners": ("partners", is_did),
    "exceptPartners": ("except_partners", is_did),
    "countries": ("countries", _is_country),
    "exceptCountries": ("except_countries", _is_country),
    "datasets": ("datasets", _is_id),
    "purposes": ("purposes", lambda text: purpose_iri(text) in PURPOSE_NAMES),
    "only": ("only", lambda text: text in CLAUSES),
    "having": ("having", lambda text: text in CLAUSES),
    "classes": ("classes", lambda text: text in {"E", "C", "P"}),
}
"""Name in JSON: our attribute, and what each of its values has to be."""
_KNOWN: Final = frozenset({"name", "outcome", "side", "atMost", "atLeast", "changes", "reason", *_LISTS})


def read_rule(data: Mapping[str, JsonValue]) -> AgreeingRule:
    """A rule from what somebody typed, or from the store.

    Raises:
        Unprocessable: something in it is unknown or cannot be; the sentence names the member and what may stand there.
    """
    unknown = sorted(set(data) - _KNOWN)
    if unknown:
        raise _wrong(unknown[0], f"is not known; known are {', '.join(sorted(_KNOWN))}")
    name = data.get("name")
    if not isinstance(name, str) or not _NAME.match(name):
        raise _wrong("name", "is a word or a few: letters, digits, blanks, '.' and '-', 64 at most")
    reason = data.get("reason")
    if reason is not None and (not isinstance(reason, str) or not 0 < len(reason) <= MAX_LISTED):
        raise _wrong("reason", f"is a sentence of at most {MAX_LISTED} characters")
    rule = AgreeingRule(
        name=name,
        outcome=_one_of(data, "outcome", Outcome, None),
        side=_one_of(data, "side", Side, Side.PROVIDER),
        changes=_one_of(data, "changes", Changes, Changes.ANY),
        at_most=_bounds(data, "atMost"),
        at_least=_bounds(data, "atLeast"),
        reason=reason,
        **{attribute: _listed(data, json, check) for json, (attribute, check) in _LISTS.items()},
    )
    if reason is not None and rule.outcome is not Outcome.REFUSE:
        raise _wrong("reason", "is told to the other side by a rule that refuses, and by no other")
    return rule


def _one_of(data: Mapping[str, JsonValue], name: str, kind: type[E], default: E | None) -> E:
    value = data.get(name)
    if value is None and default is not None:
        return default
    try:
        return kind(str(value))
    except ValueError:
        raise _wrong(name, f"is one of {', '.join(kind)}") from None


def _listed(data: Mapping[str, JsonValue], name: str, check: _Check) -> tuple[str, ...]:
    values = data.get(name) or []
    if not isinstance(values, list) or len(values) > MAX_LISTED:
        raise _wrong(name, f"is a list of at most {MAX_LISTED} texts")
    for value in values:
        if not isinstance(value, str) or not check(value):
            raise _wrong(name, f"cannot hold {str(value)[:80]!r}")
    return tuple(dict.fromkeys(str(value) for value in values))


def _bounds(data: Mapping[str, JsonValue], name: str) -> Mapping[str, str]:
    values = data.get(name) or {}
    if not isinstance(values, dict):
        raise _wrong(name, "names quantities and their bounds")
    for quantity, bound in values.items():
        known = QUANTITIES.get(quantity)
        if known is None:
            raise _wrong(name, f"knows no {quantity[:80]!r}; known are {', '.join(QUANTITIES)}")
        if not isinstance(bound, str) or known.read(bound) is None:
            raise _wrong(name, f"needs {known.form} for {quantity}, as a text")
    return {str(quantity): str(bound) for quantity, bound in values.items()}


def _wrong(member: str, sentence: str) -> Unprocessable:
    return Unprocessable(f"{member!r} {sentence}", member=member)
