"""Addresses of ours, and of others in every shape that we know."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.protocol.errors import MessageInvalid
from connector.protocol.messages import TransferStartMessage
from connector.services.addresses import (
    EXPIRES,
    data_address,
    delivery_of,
    ends_of,
    inbox_address,
    read_address,
    token_of,
)
from connector.wire.codec import decode, dump
from tests.connector.wire.samples import body_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
URL = "https://plant.example/data/1"
EDC = "https://w3id.org/edc/v0.0.1/ns/"


def address(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**more, "endpointProperties": [{"name": name, "value": value} for name, value in properties.items()]}


@pytest.mark.parametrize("bound", [True, False])
def test_ours_are_read_as_they_were_made(bound: bool) -> None:
    made = data_address("https://plant.example", "1", bound=bound, now=NOW)
    read = read_address(made)
    assert (read.url, (read.token, read.bound)) == (URL, token_of(made))
    assert read.opening == {"Authorization": f"{'DPoP' if bound else 'Bearer'} {read.token}"}
    assert (read.delivery, read.purpose, read.person) == (None, None, None)
    assert read.token not in repr(read)


def test_an_inbox_says_what_its_use_is_for() -> None:
    said = {"delivery": "urn:uuid:1", "purpose": "urn:p"}
    made = inbox_address("https://plant.example", "1", bound=True, **said, person="김 기사")
    read = read_address(made)
    assert read.url == "https://plant.example/data/inbox/1"
    assert (read.delivery, read.purpose, read.person) == ("urn:uuid:1", "urn:p", "김 기사")
    assert delivery_of(made) == "urn:uuid:1"
    alone = read_address(inbox_address("https://plant.example", "1", bound=True, **said, person=None))
    assert alone.person is None


def test_tokens_are_fresh() -> None:
    made = [data_address("https://plant.example", "1", bound=True, now=NOW) for _ in range(2)]
    assert token_of(made[0]) != token_of(made[1])
    assert token_of(None) == ("", False)


def test_a_token_with_an_end_says_so() -> None:
    made = data_address("https://plant.example", "1", bound=False, now=NOW, life=timedelta(minutes=5))
    assert ends_of(made) == NOW + timedelta(minutes=5)
    assert read_address(made).opening == {"Authorization": f"Bearer {token_of(made)[0]}"}
    for other in (
        None,
        {},
        data_address("https://plant.example", "1", bound=True, now=NOW),
        address({EXPIRES: "soon"}),
    ):
        assert ends_of(other) is None


@pytest.mark.parametrize(
    ("named", "opening"),
    [
        (address({}, endpoint=URL), {}),
        (address({"authorization": "t", "authType": "bearer"}, endpoint=URL), {"Authorization": "Bearer t"}),
        (address({"authorization": "t"}, endpoint=URL), {"Authorization": "Bearer t"}),
        (address({"authorization": "Bearer t", "authType": "bearer"}, endpoint=URL), {"Authorization": "Bearer t"}),
        (address({"authorization": "eDp5", "authType": "basic"}, endpoint=URL), {"Authorization": "eDp5"}),
        (address({EDC + "endpoint": URL, EDC + "authorization": "t"}), {"Authorization": "t"}),
        (address({"endpoint": URL, "authorization": "t", "authType": "bearer"}, endpoint=URL), {"Authorization": "t"}),
        (address({EDC + "baseUrl": URL, EDC + "authKey": "X-Key", EDC + "authCode": "k"}), {"X-Key": "k"}),
        (address({"authKey": "X-Key"}, endpoint=URL), {}),
        (
            {"endpoint": URL, "endpointProperties": {"name": "authorization", "value": "t"}},
            {"Authorization": "Bearer t"},
        ),
        ({"endpoint": URL, "endpointProperties": [7, {"name": "authorization", "value": 7}]}, {}),
    ],
)
def test_shapes_of_others(named: dict[str, Any], opening: dict[str, str]) -> None:
    read = read_address(named)
    assert (read.url, read.opening, read.method) == (URL, opening, "POST")


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"endpoint": 7},
        {"endpoint": ""},
        address({"method": "DELETE"}, endpoint=URL),
        address({"authKey": "Content-Length", "authCode": "1"}, endpoint=URL),
        address({"authKey": "A: b", "authCode": "1"}, endpoint=URL),
        address({"authKey": "", "authCode": "1"}, endpoint=URL),
        address({"authorization": "a\nb"}, endpoint=URL),
        address({"authorization": "김", "authType": "DPoP"}, endpoint=URL),
        address({"authorization": "x" * 9000}, endpoint=URL),
    ],
)
def test_what_cannot_be_put_into_a_request(named: dict[str, Any]) -> None:
    with pytest.raises(MessageInvalid):
        read_address(named)


TYPE = "https://w3id.org/idsa/v4.1/HTTP"
SECRETS = {"authorization": "a.b.c", "authType": "bearer"}
OF_EDC = {"endpoint": URL, "endpointType": TYPE, **SECRETS}
SENT: dict[str, tuple[dict[str, Any], str]] = {
    "of the standard: RFC 6750": (address(SECRETS, endpoint=URL, endpointType=TYPE), "Bearer a.b.c"),
    "of EDC, full names among the properties: bare": (
        address({EDC + name: value for name, value in OF_EDC.items()}, endpointType=TYPE),
        "a.b.c",
    ),
    "of EDC, short names among the properties: bare": (address(OF_EDC, endpointType=TYPE), "a.b.c"),
    "of EDC, laid flat: bare": ({EDC + name: value for name, value in OF_EDC.items()}, "a.b.c"),
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
def test_what_opens_the_data_of_a_start_as_it_comes_over_the_line(sent: tuple[dict[str, Any], str]) -> None:
    """EDC's data planes refuse the scheme before their token; the standard's addresses mean RFC 6750."""
    named, opening = sent
    body = dump(body_of(TransferStartMessage, {"dataAddress": {"@type": "DataAddress", **named}}))
    message = decode(body, TransferStartMessage)
    assert message.data_address is not None
    read = read_address(message.data_address)
    assert (read.url, read.opening) == (URL, {"Authorization": opening})
