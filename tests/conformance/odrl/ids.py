"""The usage control policies of the International Data Spaces (IDS-G, CC BY 4.0): 33 files in ODRL, without verdicts.

Some are not strict JSON: several documents in one file, commas too many or too few, a property given twice. They are read all
the same, so that none is left out. What only describes a policy or repeats its parties (`dc:…`, `ids:provider`, `ids:consumer`)
is taken away for the second question: would the engine enforce the rest?
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from policies import Asset, Outcome, Party, TransferContext
from policies.check import problems_of
from policies.errors import PolicyError, UnknownTerm
from policies.evaluate import evaluate
from policies.model import Policy
from policies.parse import parse_policy

FOLDER: Final = "spec/odrl/ids-g"
POLICY_TYPES: Final = frozenset({"Agreement", "Offer", "Set", "Policy"})
DESCRIBING: Final = frozenset({"dc:creator", "dc:description", "dc:issued", "ids:provider", "ids:consumer"})

FILES: Final[dict[str, str]] = {
    "odrl-complex-policy-example.json": "idsc:CONNECTOR",
    "pc1-odrl-restrict-consumer-example.json": "",
    "pc10-odrl-restrict-duration-offer-example.json": "eq",
    "pc11-odrl-restrict-number-of-usage-example.json": "ids:pipEndpoint",
    "pc12-odrl-delete-data-example.json": "delete",
    "pc12-odrl-delete-data-example2.json": "delete",
    "pc13-odrl-modify-in-transit-example.json": "idsc:REPLACE",
    "pc14-odrl-modify-in-rest-example.json": "use",
    "pc15-odrl-log-usage-information-example.json": "idsc:log",
    "pc16-odrl-notify-party-example.json": "inform",
    "pc17-odrl-distribute-next-policy-example.json": "nextPolicy",
    "pc18-odrl-restrict-artifact-state-example.json": "target",
    "pc19-odrl-restrict-payment-sale-example.json": "compensate",
    "pc19-odrl-restrict-payment-sale-example2.json": "payAmount",
    "pc2-odrl-restrict-connector-example.json": "idsc:CONNECTOR",
    "pc20-odrl-restrict-payment-rent-example.json": "compensate",
    "pc20-odrl-restrict-payment-rent-example2.json": "payAmount",
    "pc21-odrl-restrict-state-example.json": "idsc:state",
    "pc22-odrl-restrict-location-of-participant-example.json": "assignee",
    "pc23-odrl-obtain-consent-example.json": "obtainConsent",
    "pc24-odrl-restrict-data-classification-example.json": "target",
    "pc25-odrl-anonymize-with-mpc.json": "idsc:MPC",
    "pc3-odrl-restrict-application-example.json": "idsc:APPLICATION",
    "pc4-odrl-restrict-user-role-example.json": "assignee",
    "pc4-odrl-restrict-user-role-example2.json": "idsc:ROLE",
    "pc5-odrl-restrict-location-of-usage-example.json": "http://ontologi.es/place/DE",
    "pc5-odrl-restrict-location-of-usage-example2.json": "rightOperandReference",
    "pc6-odrl-restrict-purpose-example.json": "",
    "pc6-odrl-restrict-purpose-example2.json": "isPartOf",
    "pc6-odrl-restrict-purpose-example3.json": "ids:pipEndpoint",
    "pc7-odrl-restrict-event-example.json": "event",
    "pc8-odrl-restrict-security-level-example.json": "idsc:SECURITY_LEVEL",
    "pc9-odrl-restrict-time-interval-example.json": "",
}
"""File → the term that keeps the engine from saying yes; nothing where it is enforced."""


@dataclass(frozen=True)
class Judged:
    """What became of one file.

    Attributes:
        documents: how many policies it holds.
        named: every term or value that `check_terms` refuses in them.
        outcomes: what the engine says to each action that they permit, with all facts favourable.
        refused: the terms that keep it from saying yes or no.
    """

    documents: int
    named: frozenset[str]
    outcomes: frozenset[Outcome]
    refused: frozenset[str] = field(default_factory=frozenset)

    def __str__(self) -> str:
        if not self.refused:
            return "enforced"
        return f"refused: {', '.join(sorted(self.refused))}"


def documents_of(text: str) -> Iterator[dict[str, Any]]:
    """The policies in a file, whatever stands around them."""
    text = re.sub(r",(\s*[\]}])", r"\1", text)
    text = re.sub(r'("|\]|\})(\s*\n\s*")', r"\1,\2", text)
    decoder = json.JSONDecoder(object_pairs_hook=_merged)
    at = text.find("{")
    while at >= 0:
        found, end = decoder.raw_decode(text, at)
        if found.get("@type") in POLICY_TYPES:
            yield found
        at = text.find("{", end)


def _merged(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        both = name in found and isinstance(value, list)
        found[name] = [*found[name], *value] if both else value
    return found


def outcome_of(path: Path) -> Judged:
    """Read a file, ask `check_terms` about all of it and the engine about what it permits."""
    named: set[str] = set()
    refused: set[str] = set()
    outcomes: set[Outcome] = set()
    documents = list(documents_of(path.read_text(encoding="utf-8")))
    for document in documents:
        named |= {_term(problem) for problem in problems_of(parse_policy(document))}
        plain = {name: value for name, value in document.items() if name not in DESCRIBING}
        policy = parse_policy(plain)
        for action in {rule.action for rule in policy.permission} or {"use"}:
            decision = evaluate(policy, favourable(policy), action)
            outcomes.add(decision.outcome)
            for reason in decision.reasons if not decision.permitted else ():
                facts = reason.facts
                values = facts.get("value") or facts.get("values") or []
                refused |= {str(facts[name]) for name in ("term", "action") if name in facts} or set(values)
    return Judged(len(documents), frozenset(named), frozenset(outcomes), frozenset(refused))


def _term(problem: PolicyError) -> str:
    return problem.term if isinstance(problem, UnknownTerm) else problem.sentence


def favourable(policy: Policy, now: datetime = datetime(2022, 7, 1, tzinfo=UTC)) -> TransferContext:
    """The right party, the right data, at a moment within the windows that the files name."""
    return TransferContext(
        party=Party(policy.assignee or "http://example.com/ids/party/456", collections=frozenset(), country="DE"),
        now=now,
        agreed_at=now,
        uses=0,
        purpose="Research",
        asset=Asset(policy.target or "http://example.com/ids/data/789", collections=frozenset()),
    )
