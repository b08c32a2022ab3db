"""Stored conversations: what is read, what is refused, what of it the tables judge."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.protocol.replay import Doubt, Verdict
from connector.wire.transcript import (
    FORMAT,
    TranscriptUnreadable,
    judge,
    read_bytes,
    read_transcript,
    write_bytes,
)

CONTEXT = ["https://w3id.org/dspace/2025/1/context.jsonld"]
PID, THEIRS = "urn:uuid:1", "urn:uuid:2"
REQUEST = {
    "@context": CONTEXT,
    "@type": "ContractRequestMessage",
    "@id": "urn:uuid:3",
    "consumerPid": PID,
    "offer": {"@id": "urn:uuid:4", "@type": "Offer", "target": "urn:uuid:5"},
    "callbackAddress": "https://us.example/dsp",
}
TERMINATION = {
    "@context": CONTEXT,
    "@type": "ContractNegotiationTerminationMessage",
    "@id": "urn:uuid:6",
    "providerPid": THEIRS,
    "consumerPid": PID,
}


def step(kind: str, exchange: int, message: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = json.dumps(message)
    digest = "sha256:" + hashlib.sha256(body.encode()).hexdigest()
    whole = {"body": body, "digest": digest, "size": len(body), "masked": False, "cut": False}
    beside = {"peer": "did:web:peer", "peerKnown": True, "at": "2026-11-23T09:00:00.000Z"}
    return {"step": kind, "exchange": exchange, "process": PID, "type": message["@type"], **beside, **whole, **more}


def sent(exchange: int = 1, message: dict[str, Any] = REQUEST) -> dict[str, Any]:
    return step("sent", exchange, message)


def answered(exchange: int = 1, status: int | None = 201, **said: Any) -> dict[str, Any]:
    body = json.dumps({"@context": CONTEXT, "providerPid": THEIRS, "consumerPid": PID, "state": "REQUESTED", **said})
    kind = "ContractRequestMessage"
    return {"step": "answered", "exchange": exchange, "process": PID, "type": kind, "status": status, "answer": body}


def received(
    exchange: int = 2, message: dict[str, Any] = TERMINATION, *, status: int = 200, answer: Any = None
) -> dict[str, Any]:
    said = answer if answer is not None else {"@context": CONTEXT, "state": "TERMINATED"}
    return step("received", exchange, message, status=status, answer=json.dumps(said))


def conversation(*steps: dict[str, Any]) -> dict[str, Any]:
    process = {"id": PID, "kind": "negotiation", "role": "consumer", "counterparty": "did:web:peer"}
    listed = list(steps) or [sent(), answered(), received()]
    return {"format": FORMAT, "about": PID, "name": "Plant", "processes": [process], "steps": listed}


def doubts(*steps: dict[str, Any]) -> list[tuple[bool | None, Doubt | None]]:
    return [(s.judgement.agrees, s.judgement.doubt) for s in judge(conversation(*steps)).steps]


def test_a_whole_conversation() -> None:
    judged = judge(read_transcript(json.dumps(conversation()).encode()))
    assert judged.agrees
    assert judged.states == {PID: "TERMINATED"}


def test_the_role_follows_from_the_first_message_when_nobody_says_it() -> None:
    talk = conversation()
    talk["processes"] = []
    assert judge(talk).agrees


def test_bodies_that_are_no_text_survive() -> None:
    for body in (b"", b"{}", "한".encode(), b"\xff\x00"):
        assert read_bytes(json.loads(json.dumps(write_bytes("body", body))), "body") == body


@pytest.mark.parametrize("broken", [{"body": 5}, {"bodyBase64": "%"}, {"bodyBase64": "é"}, {"body": "\ud800"}])
def test_bodies_that_cannot_be_read(broken: dict[str, Any]) -> None:
    with pytest.raises(TranscriptUnreadable):
        read_bytes(broken, "body")


@pytest.mark.parametrize("broken", [{"step": "thought"}, {"exchange": "1"}, {"step": None}, {"exchange": True}])
def test_steps_that_are_none(broken: dict[str, Any]) -> None:
    with pytest.raises(TranscriptUnreadable):
        judge(conversation({**sent(), **broken}))


def test_a_body_that_was_changed() -> None:
    changed = {**received(), "body": received()["body"].replace("urn:uuid:6", "urn:uuid:7")}
    assert doubts(sent(), answered(), changed)[2] == (False, Doubt.ALTERED)


def test_a_body_that_was_masked_or_cut_is_not_compared_with_its_digest() -> None:
    masked = {**received(), "masked": True, "digest": "sha256:" + "0" * 64}
    assert doubts(sent(), answered(), masked)[2] == (True, None)
    cut = {**received(), "cut": True, "body": "{"}
    assert doubts(sent(), answered(), cut)[2] == (None, Doubt.CUT)


def test_what_is_no_message() -> None:
    nonsense = {**TERMINATION, "consumerPid": 5}
    assert doubts(sent(), answered(), received(message=nonsense, status=400))[2] == (True, None)
    assert doubts(sent(), answered(), received(message=nonsense))[2] == (False, Doubt.UNREADABLE)


def test_what_has_no_table() -> None:
    notice = {**sent(3), "type": "Notice"}
    assert doubts(notice, answered(3)) == [(None, Doubt.NO_TABLE)] * 2
    assert doubts({**sent(3), "process": None}) == [(None, Doubt.NO_TABLE)]


def test_an_answer_before_its_message() -> None:
    assert doubts(answered(), sent())[0] == (False, Doubt.NEVER_SENT)


def test_a_role_that_nobody_can_tell() -> None:
    talk = conversation(received())
    talk["processes"] = []
    assert judge(talk).steps[0].judgement.doubt is Doubt.BEGINNING


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 500) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.integers(0, 2), st.sampled_from([*sent(), "status", "answer", "answerBase64"]), JSON)
def test_whatever_stands_in_a_step_it_is_judged_or_refused(place: int, name: str, value: Any) -> None:
    talk = conversation()
    talk["steps"][place][name] = value
    try:
        steps = judge(talk).steps
    except TranscriptUnreadable:
        return
    assert [s.judgement.verdict in Verdict for s in steps] == [True] * 3
