"""What is kept of an exchange: bounded, and without secrets."""

import gzip
import hashlib
import json
from typing import Any

import pytest

from connector.services.transcripts.heard import MAX_ANSWER, MAX_BODY, MAX_STRANGE, REMOVED, Heard, to_keep

AT = "2026-11-23T09:00:00.000Z"


def heard(body: bytes = b"{}", kind: str = "TransferStartMessage", **more: Any) -> Heard:
    told: dict[str, Any] = {"headers": {}, "known": True, "status": 200, "direction": "in", **more}
    return Heard(type=kind, method="POST", address="/a", body=body, at=AT, trace="t", **told)


@pytest.mark.parametrize(
    "address",
    [
        {"endpointProperties": [{"name": "authorization", "value": "s3cret"}]},
        {"endpointProperties": [{"name": "https://w3id.org/edc/v0.0.1/ns/authorization", "value": "s3cret"}]},
        {"endpointProperties": [{"name": "a"}, {"name": "refreshToken", "value": "s3cret"}]},
        {"https://w3id.org/edc/v0.0.1/ns/authKey": "s3cret"},
        {"properties": {"edc:secretName": {"@value": "s3cret"}}},
        {"dspace:endpointProperties": [{"dspace:name": "authorization", "dspace:value": "s3cret"}]},
    ],
)
def test_what_opens_the_data_is_taken_out(address: Any) -> None:
    for name in ("dataAddress", "dspace:dataAddress", "https://w3id.org/dspace/2025/1/dataAddress"):
        body = json.dumps({"@type": "TransferStartMessage", name: address}).encode()
        for sent_to in ("TransferStartMessage", "ContractOfferMessage"):  # its own door, and a wrong one
            kept = to_keep(heard(body, sent_to))
            assert b"s3cret" not in kept.body
            assert kept.masked
            assert kept.digest == hashlib.sha256(body).hexdigest()
            assert kept.size == len(body)


def test_what_opens_nothing_stays_byte_for_byte() -> None:
    body = b'{"dataAddress" : {"endpointType":"x", "endpointProperties":[{"name":"authType","value":"bearer"}]}}'
    kept = to_keep(heard(body))
    assert (kept.body, kept.masked) == (body, False)
    secretive = b'{"authorization": "in no data address"}'
    assert to_keep(heard(secretive)).body == secretive


@pytest.mark.parametrize("body", [b'{"dataAddress": {"token": "s3cret"', b'{"data\\u0041ddress": "s3cret"'])
def test_a_body_that_is_no_json_and_may_hold_a_secret_is_not_kept(body: bytes) -> None:
    kept = to_keep(heard(body))
    assert (kept.body, kept.masked) == (REMOVED.encode(), True)


def test_headers_and_addresses_lose_their_secrets() -> None:
    headers = {"Authorization": "Bearer x", "DPoP": "x", "Set-Cookie": "x", "X-Api-Key": "x", "Accept": "*/*"}
    kept = to_keep(heard(headers=headers, answer_headers={"WWW-Authenticate": "Bearer"}))
    assert kept.headers == {
        **dict.fromkeys(("authorization", "dpop", "set-cookie", "x-api-key"), REMOVED),
        "accept": "*/*",
    }
    assert kept.answer_headers == {"www-authenticate": "Bearer"}
    asked = heard()
    asked.address = "https://peer.example/a?page=2&access_token=s3cret#x"
    assert to_keep(asked).address == f"https://peer.example/a?page=2&access_token={REMOVED}#x"


def test_sizes_are_bounded() -> None:
    body = b"x" * (MAX_BODY + 5)
    kept = to_keep(heard(body, "ContractRequestMessage", answer=b"y" * (MAX_ANSWER + 5)))
    assert (len(kept.body), kept.size, len(kept.answer), kept.answer_size) == (
        MAX_BODY, MAX_BODY + 5, MAX_ANSWER, MAX_ANSWER + 5,
    )  # fmt: skip
    assert len(to_keep(heard(body, "ContractRequestMessage", known=False)).body) == MAX_STRANGE


def test_packed_answers_are_unpacked_and_bounded() -> None:
    packed = {"content-encoding": "gzip"}
    assert to_keep(heard(answer=gzip.compress(b"{}"), answer_headers=packed)).answer == b"{}"
    assert to_keep(heard(answer=b"no gzip", answer_headers=packed)).answer == b"no gzip"
    bomb = gzip.compress(bytes(10_000_000))
    assert len(to_keep(heard(answer=bomb, answer_headers=packed)).answer) == MAX_ANSWER


def test_the_process_is_ours_when_it_began_and_theirs_when_it_was_refused() -> None:
    body, answer = b'{"consumerPid": "urn:c", "offer": {}}', b'{"providerPid": "urn:p", "consumerPid": "urn:c"}'
    begun = heard(body, "ContractRequestMessage", begins=True, status=201, answer=answer)
    assert to_keep(begun).process == "urn:p"
    begun.status = 400
    assert to_keep(begun).process == "urn:c"
    offered = heard(b'{"providerPid": "urn:p"}', "ContractOfferMessage", begins=True, status=201, answer=answer)
    assert to_keep(offered).process == "urn:c"
    notice = heard(b'{"credentialSubject": {"id": "urn:a"}}', "Notice")
    assert to_keep(notice).process == "urn:a"


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b'{"credentialSubject": 5}', b"[" * 5000, b'{"credentialSubject": {"id": []}}']
)
def test_whatever_was_sent_it_can_be_kept(body: bytes) -> None:
    for kind in ("Notice", "TransferRequestMessage", "ContractRequestMessage"):
        kept = to_keep(heard(body, kind, begins=True, status=400, token="a.b", problem="\ud800"))
        assert kept.process is None
        assert kept.problem == "?"
