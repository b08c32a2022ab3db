"""Notices of both sides cross, repeat, get lost and come too early; a side comes back from a backup: both chains end whole.

The wire brings the notices of one side in order, as an outbox does, unless it brings an old one again or one too early.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from connector.protocol.machine import Role
from connector.protocol.notice_references import (
    Held,
    check_references,
    open_proposals,
    open_suspension,
    people_now,
)
from connector.protocol.notices import (
    DELETION_ACKNOWLEDGED,
    DELETION_CERTIFICATE,
    HOLDS_RECEIPT,
    PEOPLE_CHANGE,
    PEOPLE_CHANGE_ACCEPTED,
    PEOPLE_CHANGE_REFUSED,
    RESUMPTION,
    SUSPENSION,
    WITHDRAWAL,
    AlreadyHeld,
    Chain,
    Notice,
    NoticeGap,
    deletion_acknowledged,
    deletion_certificate,
    holds_receipt,
    people_change,
    people_change_accepted,
    people_change_refused,
    resumption,
    suspension,
    withdrawal,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DIDS = {Role.PROVIDER: "did:web:provider.example", Role.CONSUMER: "did:web:consumer.example"}
CONSUMER = DIDS[Role.CONSUMER]
ROLES = st.sampled_from(Role)


def chain_of(role: Role) -> Chain:
    return Chain("urn:uuid:11111111-1111-4111-8111-111111111111", DIDS[role], "sha256:" + "cc" * 32)


@dataclass
class Side:
    """What one side has written, holds of the other, and has still to send."""

    own: Chain
    held: Chain
    written: list[tuple[Notice, str]] = field(default_factory=list)
    due: list[int] = field(default_factory=list)
    ended: bool = False
    heard: list[Held] = field(default_factory=list)

    @property
    def people(self) -> str | None:
        """The digest of the list of people that counts, as this side knows it."""
        provider, consumer = (self.heard, self.told) if self.own.author == CONSUMER else (self.told, self.heard)
        return people_now(None, provider=provider, consumer=consumer)

    @property
    def told(self) -> list[Held]:
        """What it has written, as others are answered by it."""
        return [Held(notice, digest) for notice, digest in self.written]


def answers(side: Side, choice: int) -> tuple[str, dict[str, Any]]:
    """Something that this side may say now, by what it has heard: an answer where one is due, else a word of its own."""
    proposed = next(open_proposals(side.heard, side.told), None)
    acknowledged = {h.notice.content["certificate"] for h in side.told if h.notice.kind == DELETION_ACKNOWLEDGED}
    certified = next(
        (h for h in side.heard if h.notice.kind == DELETION_CERTIFICATE and h.digest not in acknowledged), None
    )
    standing = open_suspension(side.told)
    fresh = f"sha256:{choice + 1_000 * (len(side.written) + 1) + (10**6 if side.own.author == CONSUMER else 0):064x}"
    options: list[tuple[str, dict[str, Any]]] = [
        (PEOPLE_CHANGE, people_change(fresh, side.people, "")),
        (DELETION_CERTIFICATE, deletion_certificate([("d", fresh)], "none left", NOW)),
        (SUSPENSION, suspension("a complaint")) if standing is None else (RESUMPTION, resumption(standing.digest)),
    ]
    if proposed is not None:
        options.append((PEOPLE_CHANGE_ACCEPTED, people_change_accepted(proposed.digest)))
        options.append((PEOPLE_CHANGE_REFUSED, people_change_refused(proposed.digest, "no")))
    if certified is not None:
        options.append((DELETION_ACKNOWLEDGED, deletion_acknowledged(certified.digest, [])))
    return options[choice % len(options)]


class Chains(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.sides = {role: Side(chain_of(role), chain_of(role.other)) for role in Role}
        self.count = 0

    @rule(role=ROLES, ends=st.booleans())
    def write(self, role: Role, ends: bool) -> None:
        side = self.sides[role]
        self.count += 1
        digest = f"sha256:{self.count:064x}"
        kind, content = (WITHDRAWAL, withdrawal("enough", NOW)) if ends else (HOLDS_RECEIPT, holds_receipt(digest))
        self.say(side, kind, content, digest)

    @rule(role=ROLES, choice=st.integers(0, 50))
    def answer(self, role: Role, choice: int) -> None:
        """One of the kinds that answer others, whatever of the other side has arrived by now."""
        side = self.sides[role]
        self.count += 1
        self.say(side, *answers(side, choice), f"sha256:{self.count:064x}")

    def say(self, side: Side, kind: str, content: dict[str, Any], digest: str) -> None:
        notice = side.own.next(kind, content, other=side.held)
        check_references(notice, own=side.told, other=side.heard)
        side.own = side.own.accept(notice, digest, other=side.held)
        side.written.append((notice, digest))
        side.due.append(notice.number)
        side.ended = side.ended or kind == WITHDRAWAL

    @rule(role=ROLES, answered=st.booleans())
    def send(self, role: Role, answered: bool) -> None:
        """The oldest that is due arrives; without an answer it stays due."""
        side = self.sides[role]
        if side.due:
            self.arrive(role, side.due[0], repair=True)
            if answered:
                side.due.pop(0)

    @rule(role=ROLES, which=st.integers(0, 30))
    def stray(self, role: Role, which: int) -> None:
        """Any notice that was ever written arrives, again or too early."""
        written = self.sides[role].written
        if written:
            self.arrive(role, 1 + which % len(written), repair=False)

    @rule(role=ROLES, lost=st.integers(1, 3))
    def come_back_from_a_backup(self, role: Role, lost: int) -> None:
        """The newest notices of the other side are gone here; what names them was not written yet either."""
        side = self.sides[role]
        seen = max((notice.seen.number for notice, _ in side.written if notice.seen is not None), default=0)
        kept = max(seen, len(side.held.digests) - lost)
        side.held = Chain(side.held.agreement, side.held.author, side.held.countersignature, side.held.digests[:kept])
        del side.heard[kept:]

    def arrive(self, role: Role, number: int, *, repair: bool) -> None:
        """A notice of this side reaches the other, which asks for what it lacks, if anybody listens."""
        receiver = self.sides[role.other]
        notice, digest = self.sides[role].written[number - 1]
        try:
            receiver.held = receiver.held.accept(notice, digest, other=receiver.own)
        except AlreadyHeld:
            return
        except NoticeGap as gap:
            receiver.ended = receiver.ended or notice.kind == WITHDRAWAL  # it binds on arrival, whatever is missing
            if repair:
                for missing in (*gap.missing, number):
                    self.arrive(role, missing, repair=False)
            return
        check_references(notice, own=receiver.heard, other=receiver.told)
        receiver.heard.append(Held(notice, digest))
        receiver.ended = receiver.ended or notice.kind == WITHDRAWAL

    @invariant()
    def what_is_held_was_written(self) -> None:
        for role, side in self.sides.items():
            held = self.sides[role.other].held.digests
            assert held == side.own.digests[: len(held)]

    def teardown(self) -> None:
        for role, side in self.sides.items():
            # Whoever came back from a backup lacks what nobody has to send any more: the next notice shows it.
            self.write(role, ends=False)
            while side.due:
                self.send(role, answered=True)
        sides: list[Any] = list(self.sides.values())
        assert [side.held for side in sides] == [side.own for side in reversed(sides)]
        assert sides[0].ended == sides[1].ended
        assert sides[0].people == sides[1].people
        for one, other in (sides, reversed(sides)):
            assert open_suspension(one.told) == open_suspension(other.heard)


TestChains = Chains.TestCase
TestChains.settings = settings(max_examples=60, stateful_step_count=40, database=None, deadline=None)
