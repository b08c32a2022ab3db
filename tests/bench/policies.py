"""How fast policies are judged: on the path of a request, and for a catalog that one participant looks at.

Processor time of one thread. Each decision is one that permits: then every constraint has been looked at.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from policies import Asset, CatalogContext, Party, Policy, TransferContext, parse_policy
from policies.evaluate import Compiled, compile_policy
from policies.vocabulary import MMD

NOW: Final = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
CONSUMER: Final = "did:web:consumer.example"
DIGEST: Final = "sha-256:" + "a" * 43
_LONG_ENOUGH: Final = 0.5
"""Seconds of processor time for one figure."""

CONSTRAINTS: Final[tuple[tuple[str, str, str | list[str]], ...]] = (
    ("odrl:purpose", "isAnyOf", ["research", "safety"]),
    ("odrl:dateTime", "lteq", "2027-01-01T00:00:00Z"),
    ("odrl:count", "lteq", "1000000"),
    ("odrl:recipient", "isAnyOf", [CONSUMER, "did:web:other.example"]),
    ("odrl:elapsedTime", "lteq", "P1Y"),
    (MMD + "timeOfDay", "isAnyOf", ["08:00/18:00 Asia/Seoul"]),
    (MMD + "frequency", "lteq", "10/P1D"),
    ("odrl:spatial", "isAnyOf", ["KR", "JP"]),
    (MMD + "maxRows", "lteq", "1000000"),
    (MMD + "credentialType", "isAnyOf", ["MembershipCredential"]),
)
"""The terms of a contract as they come; more of them begin again from the front."""


@dataclass(frozen=True)
class Decided:
    """Decisions per second for so many constraints."""

    constraints: int
    permitted: float
    refused: float


def measure_decisions(sizes: tuple[int, ...] = (1, 10, 100)) -> list[Decided]:
    """Decisions per second by the compiled policy."""
    found = []
    for size in sizes:
        ready = compile_policy(_policy(size))
        may, may_not = _context(purpose="research"), _context(purpose="reporting")
        assert ready.decide(may).permitted
        assert not ready.decide(may_not).permitted
        found.append(Decided(size, _rate(lambda: ready.decide(may)), _rate(lambda: ready.decide(may_not))))  # noqa: B023 - called at once
    return found


def measure_visibility(offers: int = 10_000) -> tuple[float, float]:
    """Seconds until a participant's view of so many different offers is known: when first asked for, and ever after."""
    ready = [compile_policy(_policy(5, f"urn:offer:{number}")) for number in range(offers)]
    context = CatalogContext(Party(CONSUMER, country="KR"), NOW)
    first = _seen(ready, context)
    again = min(_seen(ready, context) for _ in range(5))
    return first, again


def _seen(ready: list[Compiled], context: CatalogContext) -> float:
    began = time.process_time()
    seen = sum(one.permits(context) for one in ready)
    took = time.process_time() - began
    assert seen == len(ready)
    return took


def _rate(decide: Callable[[], Any]) -> float:
    done, began = 0, time.process_time()
    while time.process_time() - began < _LONG_ENOUGH:
        for _ in range(100):
            decide()
        done += 100
    return done / (time.process_time() - began)


def _policy(size: int, name: str = "urn:agreement") -> Policy:
    chosen = [CONSTRAINTS[number % len(CONSTRAINTS)] for number in range(size)]
    constraint = [{"leftOperand": left, "operator": op, "rightOperand": right} for left, op, right in chosen]
    rules = {
        "permission": [{"action": "use", "constraint": constraint}],
        "prohibition": [{"action": "odrl:distribute"}],
    }
    return parse_policy({"@id": name, "@type": "Offer", **rules})


def _context(*, purpose: str) -> TransferContext:
    return TransferContext(
        party=Party(CONSUMER, country="KR", credential_types=frozenset({"MembershipCredential"})),
        now=NOW,
        agreed_at=NOW - timedelta(days=30),
        uses=7,
        purpose=purpose,
        asset=Asset("urn:data", consents=frozenset({DIGEST})),
        used_at=tuple(NOW - timedelta(hours=hours) for hours in range(5)),
        rows=5_000,
        size=1_000_000,
    )
