"""What the second verifier reads out of terms (docs/evidence.md, 4.5.2 and 4.5.3) is what we read, in whatever spelling."""

import random
import shutil
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from connector.clock import format_time
from connector.contracts.annexes import annexes_named
from connector.contracts.promised import policy_in
from policies import MMD
from policies.clauses import CLAUSES
from policies.duties import duty_named
from policies.ends import end_of, notice_period
from tests.conformance.evidence.foreign import NO_NODE, node

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason=NO_NODE)

MANY: Final = 600
AGREED: Final = datetime(2026, 11, 23, 9, 0, 2, 345000, tzinfo=UTC)
ODRL: Final = "http://www.w3.org/ns/odrl/2/"
DIGESTS: Final = tuple("sha256:" + digit * 64 for digit in "0123456789abcdef")
LENGTHS: Final = (
    "P1D",
    "PT23H59M",
    "P30D",
    "P1M",
    "P2Y3M",
    "P1Y2M3DT4H5M6.5S",
    "PT0S",
    "P100Y",
    "P101Y",
    "P",
    "-P1D",
    "P1.5M",
    "soon",
)
MOMENTS: Final = (
    "2027-06-30T15:00:00Z", "2027-07-01T00:00:00+09:00", "2027-06-30T15:00:00.25Z", "2024-02-29T00:00:00Z", "2027-02-29T00:00:00Z",
    "2027-06-30", "tomorrow",
)  # fmt: skip
ACTIONS: Final = [*sorted({c.action for c in CLAUSES.values() if c.place == "obligation"}), "use", "urn:x"]


class Writer:
    """Terms as anybody might write them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def agreement(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "@id": "urn:uuid:1", "@type": "Agreement", "assigner": "did:web:a.example", "assignee": "did:web:b.example",
            "target": "urn:uuid:2", "timestamp": format_time(AGREED),
        }  # fmt: skip
        for name, actions in (
            ("permission", ["use", "transfer", MMD + "trainModel", "reproduce"]),
            ("obligation", ACTIONS),
        ):
            rules = [self.rule(actions) for _ in range(self.random.choice((0, 1, 1, 1, 2, 3)))]
            if rules:
                made[self.spelt(name)] = rules[0] if len(rules) == 1 and self.random.random() < 0.3 else rules
        if self.random.random() < 0.2:
            made[MMD + "noticePeriod"] = self.wrapped(self.random.choice(LENGTHS))
        return made

    def rule(self, actions: list[str]) -> dict[str, Any]:
        made: dict[str, Any] = {self.spelt("action"): self.action(actions)}
        constraints = [self.constraint() for _ in range(self.random.choice((0, 0, 1, 1, 2, 3)))]
        if constraints:
            made["constraint"] = constraints
        if self.random.random() < 0.1:
            made["target"] = ["urn:uuid:2", "urn:uuid:3"]
        return made

    def action(self, actions: list[str]) -> Any:
        chosen = self.random.choice(actions)
        name = self.spelt(chosen) if ":" not in chosen else chosen
        form = self.random.random()
        if form < 0.7:
            return name
        if form < 0.8:
            return {"@id": name}
        if form < 0.9:
            return [name, self.spelt("use")]
        return {"rdf:value": {"@id": name}, "refinement": [self.constraint()]}

    def constraint(self, depth: int = 0) -> dict[str, Any]:
        if depth < 3 and self.random.random() < 0.15:
            parts = [self.constraint(depth + 1) for _ in range(self.random.choice((1, 2)))]
            return {self.spelt(self.random.choice(("and", "or", "xone", "andSequence"))): parts}
        operand, values = self.random.choice(
            (
                ("dateTime", MOMENTS), ("dateTime", MOMENTS), ("elapsedTime", LENGTHS), ("timeInterval", LENGTHS),
                (MMD + "billingPeriod", LENGTHS), (MMD + "reportPeriod", LENGTHS), (MMD + "noticePeriod", LENGTHS),
                (MMD + "versionChange", ("majorNeedsNew", "other")), (MMD + "namedRecipients", DIGESTS), (MMD + "consent", DIGESTS),
                (MMD + "qualityReport", DIGESTS), (MMD + "contractDigest", (*DIGESTS, "none")), ("count", ("3",)),
            )
        )  # fmt: skip
        some = [self.wrapped(self.random.choice(values)) for _ in range(self.random.choice((1, 1, 1, 1, 2)))]
        return {
            self.spelt("leftOperand"): self.spelt(operand) if ":" not in operand else operand,
            "operator": self.spelt(self.random.choice(("lteq", "lt", "eq", "gteq", "isAnyOf"))),
            "rightOperand": some[0] if len(some) == 1 and self.random.random() < 0.6 else some,
        }

    def wrapped(self, text: str) -> Any:
        return text if self.random.random() < 0.8 else {"@value": text}

    def spelt(self, name: str) -> str:
        return self.random.choice((name, name, f"odrl:{name}", ODRL + name))


def ours(agreement: dict[str, Any], duties: list[str], at: datetime) -> Any:
    policy = policy_in(agreement)
    if policy is None:
        return None
    end, period = end_of(policy, AGREED), notice_period(policy)
    found = [duty_named(policy, duty) for duty in duties]
    return {
        "end": _milliseconds(end),
        "owed": [one.owed_by if one is not None else None for one in found],
        "earliest": _milliseconds(period.after(at)) if period is not None else None,
        "annexes": dict(sorted((one.digest, one.kind) for one in annexes_named(agreement, ()).values())),
    }


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def test_both_read_the_same_out_of_many_agreements() -> None:
    writer = Writer(seed=20261129)
    duties = [f"obligation-{n}{turn}" for n in range(1, 6) for turn in ("", ".1", ".12")] + [
        "obligation-0",
        "x",
        "obligation-1.0",
    ]
    at = AGREED + timedelta(days=68)  # 30 January: one month later there is no such day
    agreements = [writer.agreement() for _ in range(MANY)]
    theirs = node(
        "terms_batch.mjs", [{"agreement": one, "duties": duties, "at": format_time(at)} for one in agreements]
    )
    kinds = set()
    for agreement, other in zip(agreements, theirs, strict=True):
        mine = ours(agreement, duties, at)
        if other is not None:
            other["annexes"] = dict(sorted(other["annexes"]))
        assert other == mine, agreement
        kinds |= {
            (name, bool(value) if name != "owed" else tuple(set(map(str, value))))
            for name, value in (mine or {}).items()
        }
    assert {("end", True), ("end", False), ("earliest", True), ("annexes", True), ("annexes", False)} <= kinds
    assert any(name == "owed" and "both" in sides for name, sides in kinds if isinstance(sides, tuple))
