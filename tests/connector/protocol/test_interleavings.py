"""Messages cross, repeat and get lost, and the two sides end in the same state (decision 5, 3).

First every conversation of a few messages is walked through, whatever the order in which the wire brings things; then
hypothesis looks at long ones.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from connector.protocol.machine import Role
from tests.connector.protocol.conversation import NEGOTIATION, TRANSFER, Conversation, Protocol, begin

C, P = Role.CONSUMER, Role.PROVIDER


def reachable(start: Conversation) -> Iterator[Conversation]:
    """Every conversation that can come about, each once."""
    seen = {start.key()}
    todo = [start]
    while todo:
        conversation = todo.pop()
        yield conversation
        for after in conversation.steps():
            key = after.key()
            if key not in seen:
                seen.add(key)
                todo.append(after)


def story(conversation: Conversation) -> str:
    return "\n".join(conversation.told)


def check_states(conversation: Conversation) -> None:
    consumer, provider = (conversation.sides[role].process for role in (C, P))
    assert consumer.state == provider.state, story(conversation)
    if consumer.state == "SUSPENDED":  # or neither, or both, would think it their turn to resume
        assert consumer.suspended_by is provider.suspended_by is not None, story(conversation)


@pytest.mark.parametrize(
    ("protocol", "first"),
    [(NEGOTIATION, C), (NEGOTIATION, P), (TRANSFER, C)],
    ids=["negotiation", "negotiation begun by the provider", "transfer"],
)
def test_every_short_conversation_ends_alike(protocol: Protocol, first: Role) -> None:
    reached = set()
    for conversation in reachable(begin(protocol, first)):
        assert not conversation.refusal_held, story(conversation)
        if conversation.over:
            check_states(conversation)
            reached.add(conversation.sides[C].process.state)
    assert reached == set(protocol.table), "some state is never reached: the walk is too short"


@pytest.mark.parametrize("foreign", [C, P])
@pytest.mark.parametrize("first", [C, P])
def test_with_a_peer_that_sends_all_we_accept(foreign: Role, first: Role) -> None:
    """Such a peer may terminate where the diagram does not let it; against a receipt it only gets a refusal."""
    held = 0
    for conversation in reachable(begin(NEGOTIATION, first, foreign=foreign, most_sent=4)):
        if conversation.over:
            check_states(conversation)
        elif conversation.refusal_held:
            held += 1
            refused = [side for side in conversation.sides.values() if side.held]
            assert {side.process.pending[0] for side in refused} <= NEGOTIATION.binding, story(conversation)
    assert (held > 0) == (foreign is C), "only a consumer can cross a receipt that is on its way"


class Endless(RuleBasedStateMachine):
    """A conversation without bounds: suspensions and resumptions, offers and counter-offers, again and again."""

    protocol: Protocol
    first: Role

    def __init__(self) -> None:
        super().__init__()
        self.now = begin(self.protocol, self.first, most_sent=60, most_lost=60)

    @rule(role=st.sampled_from(Role), choice=st.integers(0, 20))
    def say(self, role: Role, choice: int) -> None:
        possible = self.now.sendable(role)
        if possible:
            self.now = self.now.say(role, possible[choice % len(possible)])

    @rule(role=st.sampled_from(Role), lost=st.integers(0, 3).map(lambda n: n == 0))
    def move(self, role: Role, lost: bool) -> None:
        """The wire does the next thing for this side."""
        side = self.now.sides[role]
        if side.on_its_way is None:
            self.now = self.now.put_on_wire(role) if side.outbox else self.now
        elif side.answer is None:
            self.now = self.now.deliver(role)
        else:
            self.now = self.now.lose_answer(role) if lost else self.now.bring_answer(role)

    @invariant()
    def what_is_pending_can_still_be_sent(self) -> None:
        for side in self.now.sides.values():
            assert side.process.settled in self.protocol.table  # raises when a pending message fits nowhere

    @precondition(lambda self: any(side.outbox for side in self.now.sides.values()))
    @rule()
    def let_everything_arrive(self) -> None:
        for _ in range(1000):
            for role in Role:
                self.move(role, lost=False)
            if self.now.over:
                break
        assert self.now.over, story(self.now)
        check_states(self.now)

    def teardown(self) -> None:
        if any(side.outbox or side.on_its_way for side in self.now.sides.values()):
            self.let_everything_arrive()


def endless(protocol: Protocol, first: Role) -> Any:
    machine = type(f"Endless{first.name}", (Endless,), {"protocol": protocol, "first": first})
    case = machine.TestCase  # type: ignore[attr-defined]
    case.settings = settings(max_examples=40, stateful_step_count=40, database=None, deadline=None)
    return case


TestNegotiation = endless(NEGOTIATION, C)
TestNegotiationOfProvider = endless(NEGOTIATION, P)
TestTransfer = endless(TRANSFER, C)
