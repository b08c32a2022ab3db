"""One policy and its contexts, as most examples use them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from policies import Asset, NegotiationContext, Party, Policy, TransferContext, build_terms, parse_policy

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CONSUMER = Party("did:web:consumer.example")
DIGEST = "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
OUTSIDER = Party("did:web:outsider.example")


def terms() -> dict[str, Any]:
    return build_terms(
        purposes=["quality-prediction", "predictive-maintenance"],
        not_before=NOW - DAY,
        until=NOW + 30 * DAY,
        count=3,
        recipients=[CONSUMER.id],
        prohibitions=["no-passing-on", "no-resale", "no-reidentification"],
    )


def offer(**changes: Any) -> dict[str, Any]:
    return {"@id": "ni:///sha-256;abc", "@type": "Offer", **terms(), **changes}


def agreement(**changes: Any) -> dict[str, Any]:
    return {
        "@id": "urn:uuid:0f1c3b0e-6f8f-4d7a-9a4e-7a1a11a9d8a1",
        "@type": "Agreement",
        "target": "urn:uuid:9d3a55a3-11ef-4a63-9a3a-0a55ee8b9b0e",
        "assigner": "did:web:provider.example",
        "assignee": CONSUMER.id,
        "timestamp": "2026-11-23T02:00:00.000Z",
        **terms(),
        **changes,
    }


def one(left: Any, operator: Any, right: Any, **more: Any) -> dict[str, Any]:
    """A constraint in wire form."""
    return {"leftOperand": left, "operator": operator, "rightOperand": right, **more}


def permitting(*constraints: Any, **more: Any) -> Policy:
    """A parsed policy: `use` under these constraints."""
    return parse_policy({"permission": [{"action": "use", "constraint": list(constraints)}], **more})


def moving(
    *, uses: int = 0, purpose: str | None = "quality-prediction", now: datetime = NOW, party: Party = CONSUMER
) -> TransferContext:
    return TransferContext(party, now, NOW, uses, purpose)


def negotiating(*, now: datetime = NOW, party: Party = CONSUMER) -> NegotiationContext:
    return NegotiationContext(party, now)


def knowing(**changes: Any) -> TransferContext:
    """A delivery about which everything is known, at noon of a Monday in Seoul."""
    facts: dict[str, Any] = {
        "party": Party(
            "did:web:consumer.example",
            claims={"level": "2", "roles": ("member", "lab"), "audited": True},
            credential_types=frozenset({"MembershipCredential", "SecurityCredential"}),
            country="KR",
            affiliate_of=frozenset({"did:web:head.example"}),
            collections=frozenset({"urn:group:suppliers"}),
        ),
        "now": NOW,
        "agreed_at": NOW - timedelta(days=30),
        "uses": 2,
        "purpose": "research",
        "person": "kim@consumer.example",
        "asset": Asset("urn:data", export_control="none", pseudonym_level=2, consents=frozenset({DIGEST})),
        "used_at": (NOW - timedelta(days=2), NOW - timedelta(hours=5)),
        "rows": 300,
        "size": 5_000,
        "named": {DIGEST: frozenset({"kim@consumer.example"})},
        "environment": "fileDelivery",
        "exclusive": True,
        "prepaid": True,
    }
    return TransferContext(**{**facts, **changes})
