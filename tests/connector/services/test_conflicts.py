import json

import pytest

from connector.ports.network import PeerAnswer
from connector.protocol import negotiation, transfer
from connector.services.conflicts import STATES_AFTER, judged_by_state, process_at

NO = PeerAnswer(409, b"not now")


def shows(state: str) -> PeerAnswer:
    return PeerAnswer(200, json.dumps({"state": state}).encode())


def test_every_message_that_is_sent_has_its_states() -> None:
    events = {
        event
        for table in (negotiation.NEGOTIATION, transfer.TRANSFER)
        for moves in table.values()
        for _, event in moves
    }
    assert set(STATES_AFTER) == events


@pytest.mark.parametrize(("event", "states"), STATES_AFTER.items())
def test_a_state_that_only_follows_ours_confirms_it(event: str, states: frozenset[str]) -> None:
    for state in states:
        assert judged_by_state(event, NO, shows(state), attempts=9).status == 200


@pytest.mark.parametrize(("event", "state"), [(negotiation.REQUEST, "REQUESTED"), (negotiation.OFFER, "OFFERED")])
def test_a_state_that_was_there_before_confirms_nothing_at_first(event: str, state: str) -> None:
    """The peer may not have heard yet that we have its own offer."""
    assert judged_by_state(event, NO, shows(state), attempts=0) is NO


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (negotiation.VERIFICATION, "TERMINATED"),
        (negotiation.REQUEST, "FINALIZED"),
        (transfer.START, "TERMINATED"),
        (transfer.SUSPENSION, "COMPLETED"),
    ],
)
def test_what_is_over_there_has_no_place_any_more(event: str, state: str) -> None:
    judged = judged_by_state(event, NO, shows(state), attempts=0)
    assert judged.status == 400
    assert f"the peer shows {state}" in judged.text
    assert "not now" in judged.text


@pytest.mark.parametrize(
    "answer",
    [PeerAnswer(404, b""), PeerAnswer(500, b"{}"), PeerAnswer(200, b""), PeerAnswer(200, b"[]"), shows("BROKEN")],
)
def test_anything_else_leaves_it_due(answer: PeerAnswer) -> None:
    assert judged_by_state(negotiation.AGREEMENT, NO, answer, attempts=9) is NO


def test_states_in_the_shapes_of_json_ld_peers() -> None:
    for body in (
        {"state": {"@id": "AGREED"}},
        {"dspace:state": "AGREED"},
        {"https://w3id.org/dspace/2025/1/state": [{"@value": "AGREED"}]},
    ):
        answer = PeerAnswer(200, json.dumps(body).encode())
        assert judged_by_state(negotiation.AGREEMENT, NO, answer, attempts=0).status == 200


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://x/dsp/negotiations/urn:uuid:1/agreement", "https://x/dsp/negotiations/urn:uuid:1"),
        ("https://x/negotiations/negotiations/7/offers", "https://x/negotiations/negotiations/7"),
        ("https://x/dsp/transfers/1/start", "https://x/dsp/transfers/1"),
        ("https://x/dsp/negotiations/request", None),
        ("https://x/dsp/negotiations/offers", None),
        ("https://x/dsp/transfers/request", None),
    ],
)
def test_where_a_peer_shows_its_state(url: str, place: str | None) -> None:
    assert process_at(url, negotiation.AGREEMENT) == place


def test_notices_have_no_state() -> None:
    assert process_at("https://x/dsp/negotiations/1/x", "holds-receipt 1") is None
