"""What a message does to a negotiation. That two sides agree, whatever happens: test_interleavings."""

from dataclasses import replace
from typing import Any

import pytest

from connector.protocol import negotiation as machine
from connector.protocol.errors import IllegalTransition, WrongProcess
from connector.protocol.machine import Event, Role
from connector.protocol.messages import ContractRequestMessage, NegotiationMessage
from connector.protocol.negotiation import (
    ACCEPTED,
    AGREEMENT,
    FINALIZED,
    OFFER,
    REQUEST,
    TERMINATION,
    VERIFICATION,
    ContractNegotiation,
    Duty,
    acknowledged,
    owed,
    receive,
    refused,
    send,
)
from connector.protocol.negotiation import NegotiationState as S
from tests.connector.protocol.conversation import PIDS, message_for, new_negotiation

C, P = Role.CONSUMER, Role.PROVIDER


def at(role: Role, state: S | None, *pending: Event, offered_by: Role = P) -> ContractNegotiation:
    return new_negotiation(role, their_pid=PIDS[role.other], state=state, pending=pending, offered_by=offered_by)


def from_(sender: Role, event: Event) -> NegotiationMessage:
    message: NegotiationMessage = message_for(event, sender, their_pid=PIDS[sender.other])
    return message


def test_a_message_takes_effect_when_it_is_acknowledged() -> None:
    before = at(C, S.OFFERED)
    sent = send(before, from_(C, ACCEPTED))
    assert (sent.state, sent.pending, sent.settled) == (S.OFFERED, (ACCEPTED,), S.ACCEPTED)
    done = acknowledged(sent, ACCEPTED)
    assert (done.state, done.pending) == (S.ACCEPTED, ())


def test_the_first_acknowledgement_binds_the_process_to_a_pid() -> None:
    begun = send(new_negotiation(C), message_for(REQUEST, C, their_pid=None))
    assert begun.provider_pid is None
    bound = acknowledged(begun, REQUEST, "urn:uuid:theirs")
    assert (bound.provider_pid, bound.consumer_pid) == ("urn:uuid:theirs", PIDS[C])
    assert acknowledged(bound, REQUEST, "urn:uuid:another") == bound


def test_the_first_message_binds_the_provider_to_a_pid() -> None:
    begun = receive(new_negotiation(P), message_for(REQUEST, C, their_pid=None))
    assert (begun.state, begun.consumer_pid, begun.provider_pid) == (S.REQUESTED, PIDS[C], PIDS[P])


@pytest.mark.parametrize(
    ("role", "change"),
    [
        (P, {"provider_pid": "urn:uuid:another"}),
        (P, {"consumer_pid": "urn:uuid:another"}),
        (C, {"provider_pid": "urn:uuid:another"}),
        (C, {"consumer_pid": "urn:uuid:another"}),
    ],
)
def test_a_message_of_another_process_is_refused(role: Role, change: dict[str, str]) -> None:
    ended: Any = from_(role.other, TERMINATION)
    message = replace(ended, **change)
    named = next(iter(change)).replace("_pid", "Pid")
    with pytest.raises(WrongProcess, match=named):
        receive(at(role, S.REQUESTED), message)


def test_what_we_send_is_only_what_the_diagram_shows() -> None:
    for state, row in machine.WIDENED.items():
        for sender, event in row:
            with pytest.raises(IllegalTransition):
                send(at(sender, state), from_(sender, event))
            assert receive(at(sender.other, state), from_(sender, event)).state is S.TERMINATED


def test_after_a_deadline_we_may_end_what_the_diagram_would_leave_waiting() -> None:
    for state, row in machine.WIDENED.items():
        for sender, event in row:
            assert send(at(sender, state), from_(sender, event), widened=True).settled is S.TERMINATED
    with pytest.raises(IllegalTransition):
        send(at(C, S.VERIFIED), from_(C, ACCEPTED), widened=True)


def test_a_faster_message_implies_the_acknowledgement() -> None:
    provider = at(P, S.REQUESTED, AGREEMENT)
    verified = receive(provider, from_(C, VERIFICATION))
    assert (verified.state, verified.pending) == (S.VERIFIED, ())
    assert acknowledged(verified, AGREEMENT) == verified  # late: nothing changes


def test_a_counter_offer_that_outruns_the_first_answer() -> None:
    """OFFERED may also begin a negotiation: then it must not be taken before our own request."""
    consumer = send(new_negotiation(C), message_for(REQUEST, C, their_pid=None))
    offered = receive(consumer, from_(P, OFFER))
    assert (offered.state, offered.pending, offered.their_pid) == (S.OFFERED, (), PIDS[P])
    assert acknowledged(offered, REQUEST, PIDS[P]) == offered


def test_a_message_that_fits_only_before_ours_is_refused_and_ours_stays() -> None:
    consumer = at(C, S.REQUESTED, TERMINATION)
    with pytest.raises(IllegalTransition):
        receive(consumer, from_(P, AGREEMENT))
    assert receive(consumer, from_(P, TERMINATION)).state is S.TERMINATED


@pytest.mark.parametrize("state", [s for s in S if s not in machine.TERMINAL])
@pytest.mark.parametrize("sender", Role)
def test_a_termination_takes_effect_in_every_state(state: S, sender: Role) -> None:
    ended = receive(at(sender.other, state), from_(sender, TERMINATION))
    assert (ended.state, ended.pending) == (S.TERMINATED, ())


@pytest.mark.parametrize("state", sorted(machine.TERMINAL))
@pytest.mark.parametrize("sender", Role)
def test_what_is_over_is_over(state: S, sender: Role) -> None:
    events = [REQUEST, OFFER, ACCEPTED, AGREEMENT, VERIFICATION, FINALIZED, TERMINATION]
    for event in events:
        with pytest.raises(IllegalTransition):
            receive(at(sender.other, state), from_(sender, event))


def test_a_receipt_on_its_way_cannot_be_terminated() -> None:
    provider = send(at(P, S.VERIFIED), from_(P, FINALIZED))
    with pytest.raises(IllegalTransition, match="withdrawn, not terminated"):
        receive(provider, from_(C, TERMINATION))


def test_nobody_accepts_his_own_offer() -> None:
    with pytest.raises(IllegalTransition, match="the consumer's own"):
        receive(at(P, S.OFFERED, offered_by=C), from_(C, ACCEPTED))
    assert receive(at(P, S.OFFERED), from_(C, ACCEPTED)).state is S.ACCEPTED


def test_accepted_comes_from_the_consumer_and_finalized_from_the_provider() -> None:
    with pytest.raises(IllegalTransition):
        receive(at(C, S.OFFERED), from_(P, ACCEPTED))
    with pytest.raises(IllegalTransition):
        receive(at(P, S.VERIFIED), from_(C, FINALIZED))


def test_an_unknown_event_type_is_refused() -> None:
    message = message_for("ContractNegotiationEventMessage:forgotten", C, their_pid=PIDS[P])
    with pytest.raises(IllegalTransition, match="forgotten"):
        receive(at(P, S.OFFERED), message)


def test_the_offer_on_the_table_is_the_last_one() -> None:
    counter = {"@id": "urn:uuid:counter", "@type": "Offer", "permission": [{"action": "use"}]}
    message = ContractRequestMessage(consumer_pid=PIDS[C], provider_pid=PIDS[P], offer=counter)
    provider = receive(at(P, S.OFFERED), message)
    assert (provider.offer, provider.offered_by, provider.state) == (counter, C, S.REQUESTED)


def test_the_agreement_is_kept() -> None:
    consumer = receive(at(C, S.REQUESTED), from_(P, AGREEMENT))
    assert consumer.agreement == {"@id": "urn:uuid:agreement", "@type": "Agreement"}


def test_a_refusal_undoes_what_was_pending() -> None:
    provider = at(P, S.REQUESTED, OFFER)
    assert refused(provider, OFFER) == at(P, S.REQUESTED)
    assert refused(provider, AGREEMENT) == provider  # a late answer to something else
    assert acknowledged(provider, AGREEMENT) == provider


@pytest.mark.parametrize(
    ("role", "state", "duty"),
    [
        (P, S.REQUESTED, Duty.DECIDE),
        (C, S.REQUESTED, None),
        (C, S.OFFERED, Duty.DECIDE),
        (P, S.OFFERED, None),
        (P, S.ACCEPTED, Duty.AGREE),
        (C, S.AGREED, Duty.VERIFY),
        (P, S.VERIFIED, Duty.FINALIZE),
        (C, S.VERIFIED, None),
        (P, S.FINALIZED, None),
        (C, S.TERMINATED, None),
        (C, None, None),
    ],
)
def test_whose_turn_it_is(role: Role, state: S | None, duty: Duty | None) -> None:
    assert owed(at(role, state)) is duty


def test_nothing_is_owed_twice() -> None:
    assert owed(at(P, S.REQUESTED, AGREEMENT)) is None


def test_every_state_that_is_not_over_is_somebodys_turn() -> None:
    """Otherwise two connectors would wait for each other for ever."""
    for state in S:
        turns = [role for role in Role if owed(at(role, state)) is not None]
        assert len(turns) == (0 if state in machine.TERMINAL else 1)


def test_a_refused_counter_offer_leaves_the_earlier_offer_on_the_table() -> None:
    before = at(C, S.OFFERED)
    other = ContractRequestMessage(consumer_pid=PIDS[C], provider_pid=PIDS[P], offer={"@id": "urn:other"})
    sent = send(before, other)
    assert (sent.offer, sent.offered_by) == ({"@id": "urn:other"}, C)
    back = refused(sent, REQUEST)
    assert (back.offer, back.offered_by, back.pending) == (before.offer, P, ())
