"""BUNDLES: the usual contracts as starting points. Each clause of a bundle can be changed, left out, or joined by others.

What differs from case to case stays open and is asked for: an amount, a list of people, a citation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from policies.clauses.choice import Choices, open_blanks
from policies.clauses.model import Blank, Clause
from policies.clauses.registry import CLAUSES
from policies.errors import UnknownTerm, shown
from policies.texts import text_of
from policies.vocabulary import Lang

_SECRET: Final[dict[str, dict[str, Any]]] = {"no-passing-on": {}, "no-resale": {}, "no-sublicence": {}}
_DISPUTES: Final = {"law": "KR", "body": "dataDisputeCommittee"}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A contract to start from.

    Attributes:
        id: its name in our APIs.
        clauses: clause id → the blanks that are filled already.
    """

    id: str
    clauses: Mapping[str, Mapping[str, Any]]

    def name(self, lang: Lang) -> str:
        """What people call it."""
        return text_of(f"bundle.{self.id}.name", lang)

    def text(self, lang: Lang) -> str:
        """When it fits."""
        return text_of(f"bundle.{self.id}.text", lang)


def _bundle(bundle_id: str, clauses: dict[str, dict[str, Any]]) -> Bundle:
    return Bundle(
        bundle_id, MappingProxyType({clause_id: clauses[clause_id] for clause_id in CLAUSES if clause_id in clauses})
    )


BUNDLES: Final[Mapping[str, Bundle]] = MappingProxyType(
    {
        bundle.id: bundle
        for bundle in (
            _bundle(
                "nda-quality",
                {
                    "purpose": {"purposes": ["quality-prediction"]}, "no-other-purpose": {}, "duration": {"duration": "P1Y"},
                    "named-people": {}, **_SECRET, "no-reverse-engineering": {}, "delete": {"within": "P7D"},
                    "inform": {"events": ["leak", "misuse", "people"], "within": "P1D"}, "tracking": {},
                    "confidential": {"after": "P3Y"}, "law": _DISPUTES,
                },
            ),
            _bundle(
                "research-free",
                {
                    "purpose": {"purposes": ["research"]}, "duration": {"duration": "P1Y"}, "no-passing-on": {},
                    "no-resale": {}, "derived-data": {"owner": "consumer"}, "licence-back": {},
                    "consideration": {"kind": "none"}, "notice-period": {"period": "P30D"}, "delete": {"within": "P30D"},
                    "tracking": {}, "attribution": {}, "warranty": {"kind": "asIs"},
                },
            ),
            _bundle(
                "ai-clean-room",
                {
                    "purpose": {}, "duration": {"duration": "P6M"}, "training": {},
                    "model": {"owner": "consumer", "after": "keep"}, "no-reverse-engineering": {}, "no-reidentification": {},
                    "tracking": {}, "confidential": {}, "security": {"level": "high"},
                    "environment": {"mode": "cleanRoom"}, "no-copy": {},
                },
            ),
            _bundle(
                "subscription",
                {
                    "purpose": {}, "duration": {"duration": "P1Y"}, "frequency": {"rate": "10/P1D"}, "no-passing-on": {},
                    "no-resale": {}, "flat-fee": {"currency": "KRW", "period": "P1M", "due": "P10D"},
                    "notice-period": {"period": "P30D"}, "warranty": {"kind": "asIs"},
                    "liability": {"for": "intentOrGross"}, "law": _DISPUTES,
                },
            ),
            _bundle(
                "single-sale",
                {
                    "purpose": {}, "count": {"times": "3"}, "no-passing-on": {}, "no-resale": {},
                    "derived-data": {"owner": "consumer"}, "lump-sum": {"currency": "KRW", "due": "P7D"}, "prepaid": {},
                    "warranty": {"kind": "asIs"}, "liability": {"for": "intentOrGross"}, "law": _DISPUTES,
                },
            ),
            _bundle(
                "co-creation",
                {
                    "purpose": {}, "duration": {"duration": "P2Y"}, "no-passing-on": {}, "derived-data": {"owner": "joint"},
                    "licence-back": {}, "royalty": {"base": "revenue", "period": "P3M", "due": "P30D"},
                    "report-revenue": {"period": "P3M"}, "payees": {}, "obtain-consent": {},
                    "notice-period": {"period": "P60D"}, "tracking": {}, "law": _DISPUTES,
                },
            ),
            _bundle(
                "regulatory",
                {
                    "purpose": {"purposes": ["regulatory-report", "energy-carbon"]}, "no-other-purpose": {},
                    "duration": {"duration": "P3Y"}, "no-resale": {}, "no-reverse-engineering": {},
                    "consideration": {"kind": "none"}, "tracking": {}, "confidential": {}, "version-change": {},
                },
            ),
        )
    }
)  # fmt: skip


def completed(bundle_id: str, changes: Choices) -> dict[str, Any]:
    """The choices of a bundle with a person's changes over them.

    Args:
        bundle_id: one of `BUNDLES`.
        changes: clause id → blanks over those of the bundle, or clauses that it does not have; None takes one out.

    Raises:
        UnknownTerm: no such bundle.
    """
    bundle = BUNDLES.get(bundle_id)
    if bundle is None:
        raise UnknownTerm("$.bundle", bundle_id, f"{shown(bundle_id)} is no bundle; choose from: {', '.join(BUNDLES)}")
    choices: dict[str, Any] = {clause_id: dict(values) for clause_id, values in bundle.clauses.items()}
    for clause_id, values in changes.items():
        held = choices.get(clause_id)
        choices[clause_id] = {**held, **values} if isinstance(held, dict) and isinstance(values, Mapping) else values
    return choices


def still_open(choices: Choices) -> tuple[tuple[Clause, Blank], ...]:
    """The blanks of the chosen clauses that have to be filled in and are not, in the order of the catalogue."""
    found: list[tuple[Clause, Blank]] = []
    for clause_id, clause in CLAUSES.items():
        values = choices.get(clause_id)
        if isinstance(values, Mapping):
            found.extend((clause, blank) for blank in open_blanks(clause, values))
    return tuple(found)
