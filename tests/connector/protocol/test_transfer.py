"""What a message does to a transfer. That two sides agree, whatever happens: test_interleavings."""

from dataclasses import replace
from typing import Any

import pytest

from connector.protocol import transfer as machine
from connector.protocol.errors import IllegalTransition, WrongProcess
from connector.protocol.machine import Event, Role
from connector.protocol.messages import TransferMessage
from connector.protocol.transfer import (
    COMPLETION,
    REQUEST,
    START,
    SUSPENSION,
    TERMINATION,
    TransferProcess,
    acknowledged,
    owed,
    receive,
    refused,
    send,
)
from connector.protocol.transfer import TransferState as S
from tests.connector.protocol.conversation import PIDS, message_for, new_transfer

C, P = Role.CONSUMER, Role.PROVIDER
ADDRESS = {"@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP", "endpoint": "https://p.example/d"}


def at(role: Role, state: S | None, *pending: Event, **more: Any) -> TransferProcess:
    return new_transfer(role, their_pid=PIDS[role.other], state=state, pending=pending, **more)


def from_(sender: Role, event: Event, **more: Any) -> TransferMessage:
    message: TransferMessage = message_for(event, sender, their_pid=PIDS[sender.other], **more)
    return message


def test_a_start_brings_the_address_and_the_pid() -> None:
    begun = send(new_transfer(C), message_for(REQUEST, C))
    assert (begun.state, begun.settled, begun.provider_pid) == (None, S.REQUESTED, None)
    started = receive(begun, from_(P, START, data_address=ADDRESS))
    assert (started.state, started.pending, started.provider_pid) == (S.STARTED, (), PIDS[P])
    assert started.data_address == ADDRESS
    assert started.consumer_pid == PIDS[C]


def test_an_acknowledgement_brings_the_pid() -> None:
    begun = send(new_transfer(C), message_for(REQUEST, C))
    assert acknowledged(begun, REQUEST, "urn:uuid:theirs").provider_pid == "urn:uuid:theirs"


def test_a_new_start_without_address_keeps_the_old_one() -> None:
    suspended = at(C, S.SUSPENDED, suspended_by=P, data_address=ADDRESS)
    assert receive(suspended, from_(P, START)).data_address == ADDRESS


def test_where_the_data_is_had_is_the_providers_word() -> None:
    suspended = at(P, S.SUSPENDED, suspended_by=C, data_address=ADDRESS)
    other = {**ADDRESS, "endpoint": "https://elsewhere.example"}
    assert receive(suspended, from_(C, START, data_address=other)).data_address == ADDRESS
    assert send(at(P, S.REQUESTED), from_(P, START, data_address=other)).data_address == other


@pytest.mark.parametrize("state", [None, *S])
@pytest.mark.parametrize("role", Role)
def test_the_provider_owes_a_start(role: Role, state: S | None) -> None:
    assert owed(at(role, state)) == (role is P and state is S.REQUESTED)
    assert not owed(at(role, S.REQUESTED, START))


def test_a_consumer_that_resumes_changes_no_address() -> None:
    """It would choose the token that opens the data, and that no key is bound to it."""
    suspended = at(P, S.SUSPENDED, suspended_by=C, data_address=ADDRESS)
    other = {**ADDRESS, "endpoint": "https://elsewhere.example"}
    resumed = receive(suspended, from_(C, START, data_address=other))
    assert (resumed.state, resumed.data_address) == (S.STARTED, ADDRESS)


def test_what_the_provider_owes() -> None:
    assert machine.owed(at(P, S.REQUESTED))
    assert not machine.owed(at(P, S.REQUESTED, START))
    assert not machine.owed(at(C, S.REQUESTED))
    assert not machine.owed(at(P, S.SUSPENDED))


@pytest.mark.parametrize("name", ["provider_pid", "consumer_pid"])
@pytest.mark.parametrize("role", Role)
def test_a_message_of_another_process_is_refused(role: Role, name: str) -> None:
    ended: Any = from_(role.other, TERMINATION)
    message = replace(ended, **{name: "urn:uuid:another"})
    with pytest.raises(WrongProcess, match=name.replace("_pid", "Pid")):
        receive(at(role, S.STARTED), message)


@pytest.mark.parametrize("suspender", Role)
def test_only_who_suspended_may_resume(suspender: Role) -> None:
    for role in Role:
        suspended = at(role, S.SUSPENDED, suspended_by=suspender)
        message = from_(suspender.other, START)
        with pytest.raises(IllegalTransition, match=f"the {suspender} suspended"):
            receive(suspended, message) if role is suspender else send(suspended, message)
        message = from_(suspender, START)
        resumed = send(suspended, message) if role is suspender else receive(suspended, message)
        assert resumed.settled is S.STARTED


def test_a_suspension_on_its_way_is_not_resumed_by_the_other_side() -> None:
    """They answer a suspension that we have not seen acknowledged yet."""
    consumer = send(at(C, S.STARTED), from_(C, SUSPENSION))
    with pytest.raises(IllegalTransition, match="the consumer suspended"):
        receive(consumer, from_(P, START))


def test_a_start_that_answers_nothing_is_refused() -> None:
    provider = send(send(at(P, S.REQUESTED), from_(P, START)), from_(P, SUSPENSION))
    with pytest.raises(IllegalTransition):
        receive(provider, from_(C, START))


def test_suspensions_that_cross_are_refused_on_both_sides() -> None:
    """Nobody would know whose suspension it is: both decide again."""
    sides = {role: send(at(role, S.STARTED), from_(role, SUSPENSION)) for role in Role}
    for role, side in sides.items():
        with pytest.raises(IllegalTransition):
            receive(side, from_(role.other, SUSPENSION))
        assert refused(side, SUSPENSION) == at(role, S.STARTED)


def test_completions_that_cross_both_take_effect() -> None:
    consumer = send(at(C, S.STARTED), from_(C, COMPLETION))
    done = receive(consumer, from_(P, COMPLETION))
    assert (done.state, done.pending) == (S.COMPLETED, ())
    assert acknowledged(done, COMPLETION) == done


def test_a_termination_beats_a_completion_that_crosses_it() -> None:
    provider = send(at(P, S.STARTED), from_(P, TERMINATION))
    consumer = send(at(C, S.STARTED), from_(C, COMPLETION))
    with pytest.raises(IllegalTransition):
        receive(provider, from_(C, COMPLETION))
    assert receive(consumer, from_(P, TERMINATION)).state is S.TERMINATED


def test_a_refused_resumption_leaves_the_suspension_as_it_was() -> None:
    suspended = at(P, S.SUSPENDED, suspended_by=P)
    assert refused(send(suspended, from_(P, START)), START) == suspended


def test_a_refusal_of_something_else_changes_nothing() -> None:
    sent = send(at(C, S.STARTED), from_(C, COMPLETION))
    assert refused(sent, SUSPENSION) == sent
    assert acknowledged(sent, SUSPENSION) == sent


@pytest.mark.parametrize("sender", Role)
@pytest.mark.parametrize("state", sorted(machine.TERMINAL))
def test_what_is_over_is_over(state: S, sender: Role) -> None:
    for event in (REQUEST, START, SUSPENSION, COMPLETION, TERMINATION):
        with pytest.raises(IllegalTransition):
            receive(at(sender.other, state), from_(sender, event))


@pytest.mark.parametrize(
    ("state", "event"), [(S.REQUESTED, COMPLETION), (S.REQUESTED, SUSPENSION), (S.SUSPENDED, COMPLETION)]
)
@pytest.mark.parametrize("sender", Role)
def test_what_the_test_kit_tries_is_refused(state: S, event: Event, sender: Role) -> None:
    with pytest.raises(IllegalTransition):
        receive(at(sender.other, state), from_(sender, event))


def test_the_consumer_does_not_start_what_it_requested() -> None:
    with pytest.raises(IllegalTransition):
        receive(at(P, S.REQUESTED), from_(C, START))
