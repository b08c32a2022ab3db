"""A conversation judged again: what the tables say today, and whether the record says the same."""

from typing import Any

import pytest

from connector.protocol.machine import Role
from connector.protocol.messages import (
    ContractNegotiationTerminationMessage,
    ContractRequestMessage,
    TransferCompletionMessage,
    TransferRequestMessage,
)
from connector.protocol.replay import Answer, Doubt, Judgement, Replay, Verdict
from tests.connector.protocol.conversation import OFFER

OURS, THEIRS = "urn:uuid:provider", "urn:uuid:consumer"
REQUEST = ContractRequestMessage(
    id="urn:uuid:1", consumer_pid=THEIRS, offer=OFFER, callback_address="https://c.example/dsp"
)
END = ContractNegotiationTerminationMessage(id="urn:uuid:2", provider_pid=OURS, consumer_pid=THEIRS)
TAKEN = Answer(201, "REQUESTED", digest="d")


def begun() -> Replay:
    replay = Replay(OURS, Role.PROVIDER)
    assert replay.received(REQUEST, "f1", "b1", TAKEN) == Judgement(Verdict.ACCEPTED, "REQUESTED")
    return replay


def seen(judged: Judgement) -> tuple[Any, ...]:
    return judged.verdict, judged.state, judged.agrees, judged.doubt


def test_the_same_again_is_a_repeat_and_another_answer_is_told() -> None:
    replay = begun()
    assert seen(replay.received(REQUEST, "f1", "b1", TAKEN)) == (Verdict.REPEAT, "REQUESTED", True, None)
    other = replay.received(REQUEST, "f1", "b1", Answer(400, digest="e"))
    assert seen(other) == (Verdict.REPEAT, "REQUESTED", False, Doubt.OTHER_ANSWER)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(200, "TERMINATED"), (Verdict.ACCEPTED, "TERMINATED", True, None)),
        (Answer(200, "AGREED"), (Verdict.ACCEPTED, "TERMINATED", False, Doubt.OTHER_STATE)),
        (Answer(400, code="IllegalTransition"), (Verdict.ACCEPTED, "REQUESTED", False, Doubt.NOT_TAKEN)),
        (Answer(400, code="MessageInvalid"), (Verdict.NOT_JUDGED, "REQUESTED", None, Doubt.CONTENT)),
        (Answer(404), (Verdict.NOT_JUDGED, "REQUESTED", None, Doubt.BEFORE)),
        (Answer(503), (Verdict.NOT_JUDGED, "REQUESTED", None, Doubt.BEFORE)),
    ],
)
def test_what_was_received(answer: Answer, expected: tuple[Any, ...]) -> None:
    assert seen(begun().received(END, "f2", "b2", answer)) == expected


def test_what_was_taken_against_the_table() -> None:
    replay = begun()
    replay.received(END, "f2", "b2", Answer(200, "TERMINATED"))
    late = ContractNegotiationTerminationMessage(id="urn:uuid:3", provider_pid=OURS, consumer_pid=THEIRS)
    judged = replay.received(late, "f3", "b3", Answer(200))
    assert seen(judged) == (Verdict.REFUSED, "TERMINATED", False, Doubt.TAKEN)
    assert judged.reason


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(200), (Verdict.ACKNOWLEDGED, "TERMINATED", True, None)),
        (Answer(None), (Verdict.UNANSWERED, "REQUESTED", None, None)),
        (Answer(409), (Verdict.UNANSWERED, "REQUESTED", None, Doubt.BUSY)),
        (Answer(400), (Verdict.REFUSED, "REQUESTED", None, Doubt.THEIR_REFUSAL)),
    ],
)
def test_what_was_sent(answer: Answer, expected: tuple[Any, ...]) -> None:
    replay = begun()
    assert replay.sent(END, "f2").verdict is Verdict.ACCEPTED
    assert replay.sent(END, "f2").verdict is Verdict.REPEAT
    assert seen(replay.answered("f2", answer)) == expected


def test_what_was_answered_and_never_sent() -> None:
    assert seen(begun().answered("f9", TAKEN)) == (Verdict.NOT_JUDGED, "REQUESTED", False, Doubt.NEVER_SENT)
    assert seen(Replay(OURS, Role.PROVIDER).answered("f9", TAKEN))[2:] == (None, Doubt.BEGINNING)


def test_a_record_that_begins_late_is_taken_up_where_its_answer_says() -> None:
    replay = Replay(OURS, Role.PROVIDER)
    done = TransferCompletionMessage(id="urn:uuid:4", provider_pid=OURS, consumer_pid=THEIRS)
    assert seen(replay.received(done, "f", "b", Answer(200, "COMPLETED"))) == (
        Verdict.NOT_JUDGED, "COMPLETED", None, Doubt.BEGINNING,
    )  # fmt: skip
    assert Replay(OURS, Role.PROVIDER).received(done, "f", "b", Answer(200, "DONE")).doubt is Doubt.OTHER_STATE


def test_a_transfer() -> None:
    replay = Replay(OURS, Role.PROVIDER)
    asked = TransferRequestMessage(
        id="urn:uuid:5", consumer_pid=THEIRS, agreement_id="a", format="HttpData-PULL", callback_address="https://c.x/"
    )
    assert replay.received(asked, "f", "b", TAKEN) == Judgement(Verdict.ACCEPTED, "REQUESTED")
    done = TransferCompletionMessage(id="urn:uuid:6", provider_pid=OURS, consumer_pid=THEIRS)
    assert replay.sent(done, "g").doubt is Doubt.NOT_OURS_TO_SEND
