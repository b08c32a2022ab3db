"""Where data is had, or sent to: the DataAddress of a TransferStartMessage (pull) or a TransferRequestMessage (push)."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from connector.canonical import JsonObject
from connector.clock import format_time, parse_time
from connector.protocol.errors import MessageInvalid
from policies import MMD

ENDPOINT_TYPE: Final = "https://w3id.org/idsa/v4.1/HTTP"
_TOKEN_BYTES: Final = 32
_EDC: Final = "https://w3id.org/edc/v0.0.1/ns/"
DELIVERY: Final = MMD + "delivery"
PURPOSE: Final = MMD + "use-purpose"
PERSON: Final = MMD + "person"
"""Endpoint properties of an address to push to: the use that it is for."""
EXPIRES: Final = MMD + "expires"
"""Endpoint property of an address to pull from: when its token ends (xsd:dateTime)."""
_LIFE: Final = "expiresIn"
"""The same in seconds from its issue, under the name that Data Plane Signaling has for it."""
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,8190}[\x21-\x7e])?")
_BEARER: Final = "bearer "
_NOT_THEIRS: Final = frozenset(
    {"connection", "content-length", "content-range", "content-type", "expect", "host", "keep-alive", "te", "trailer"}
    | {"proxy-authorization", "transfer-encoding", "upgrade", "upload-offset"}
)
"""Headers that say how the request is built: an address cannot set them."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address of another participant, read.

    Attributes:
        url: where.
        headers: what opens it, but for a bound token.
        token: the token that it names; empty when there is none.
        bound: whether the token counts only with a proof of our key.
        method: how to send there (push).
        delivery, purpose, person: what one of ours says about the use (push); None from others.
    """

    url: str
    headers: dict[str, str] = field(repr=False)
    token: str = field(repr=False)
    bound: bool
    method: str = "POST"
    delivery: str | None = None
    purpose: str | None = None
    person: str | None = None

    @property
    def opening(self) -> dict[str, str]:
        """The headers that open it, but for the proof."""
        return {**self.headers, "Authorization": f"DPoP {self.token}"} if self.bound else dict(self.headers)


def data_address(
    public_url: str, transfer_id: str, *, bound: bool, now: datetime, life: timedelta | None = None
) -> JsonObject:
    """An address of ours to pull from, with a fresh token, which is all that opens it.

    Args:
        public_url: where others reach us, without a slash at the end.
        transfer_id: our pid.
        bound: the token counts only with a proof of the consumer's key; otherwise it is a bearer token.
        now: the time.
        life: how long it counts, if it has an end of its own; the address says so.
    """
    said = {} if life is None else {_LIFE: str(int(life.total_seconds())), EXPIRES: format_time(now + life)}
    return _address(f"{public_url}/data/{transfer_id}", bound=bound, **said)


def inbox_address(
    public_url: str, transfer_id: str, *, bound: bool, delivery: str, purpose: str, person: str | None
) -> JsonObject:
    """An address of ours to push to, for one delivery: with a fresh token, and with what the use is for.

    Args:
        public_url: where others reach us, without a slash at the end.
        transfer_id: our pid.
        bound: the token counts only with a proof of the provider's key; otherwise it is a bearer token.
        delivery: our id of this use.
        purpose: what for, an IRI.
        person: who asked for it at our side, if that is told.
    """
    said = {DELIVERY: delivery, PURPOSE: purpose} | ({PERSON: person} if person else {})
    return _address(inbox_url(public_url, transfer_id), bound=bound, **said)


def inbox_url(public_url: str, transfer_id: str) -> str:
    """Where the data of a push arrives."""
    return f"{public_url}/data/inbox/{transfer_id}"


def token_of(address: JsonObject | None) -> tuple[str, bool]:
    """The token of an address that we made, and whether it is bound to the other side's key; empty without one."""
    found = {p["name"]: p["value"] for p in (address or {}).get("endpointProperties", [])}
    return found.get("authorization", ""), found.get("authType") == "DPoP"


def ends_of(address: JsonObject | None) -> datetime | None:
    """When the token of an address ends, as the address says; None when it does not, or not in a way that we know."""
    try:
        return parse_time(_properties(address or {}).get(EXPIRES, ""))
    except ValueError:
        return None


def delivery_of(address: JsonObject | None) -> str | None:
    """The delivery for which we made an inbox."""
    return _properties(address or {}).get(DELIVERY)


def read_address(address: JsonObject) -> Target:
    """Read an address of another participant: ours, the standard's, or Eclipse's with its full names.

    Raises:
        MessageInvalid: it names no endpoint, or something that cannot be put into a request; the sentence says what.
    """
    found = _properties(address)
    url = address.get("endpoint") or found.get("endpoint") or found.get("baseUrl")
    if not isinstance(url, str) or not url:
        raise MessageInvalid("the dataAddress names no endpoint")
    token, kind = found.get("authorization", ""), found.get("authType", "bearer")
    key, code = found.get("authKey"), found.get("authCode") or found.get("secretName")
    bound = kind.lower() == "dpop"
    headers: dict[str, str] = {}
    if token and not bound:
        # Eclipse connectors take the token as it stands; one knows their addresses by the endpoint among the properties.
        bare = "endpoint" in found or "endpointType" in found
        bare = bare or token[: len(_BEARER)].lower() == _BEARER  # the scheme is named already
        headers["Authorization"] = token if bare or kind.lower() != "bearer" else f"Bearer {token}"
    if key is not None and code is not None:
        headers[key] = code
    _check_headers({**headers, "Authorization": token} if bound else headers)
    method = found.get("method", "POST").upper()
    if method not in ("POST", "PUT"):
        raise MessageInvalid(f"the dataAddress asks for the method {method[:20]!r}; POST and PUT are used")
    return Target(url, headers, token, bound, method, found.get(DELIVERY), found.get(PURPOSE), found.get(PERSON))


def _address(url: str, *, bound: bool, **more: str) -> JsonObject:
    def entry(name: str, value: str) -> JsonObject:
        return {"@type": "EndpointProperty", "name": name, "value": value}

    return {
        "@type": "DataAddress",
        "endpointType": ENDPOINT_TYPE,
        "endpoint": url,
        "endpointProperties": [
            entry("authorization", secrets.token_urlsafe(_TOKEN_BYTES)),
            entry("authType", "DPoP" if bound else "bearer"),
            *(entry(name, value) for name, value in more.items()),
        ],
    }


def _entries(address: JsonObject) -> list[JsonObject]:
    found = address.get("endpointProperties") or []
    return [entry for entry in (found if isinstance(found, list) else [found]) if isinstance(entry, dict)]


def _properties(address: JsonObject) -> dict[str, str]:
    """The endpoint properties by their names, Eclipse's without their namespace."""
    return {
        str(entry.get("name")).removeprefix(_EDC): entry["value"]
        for entry in _entries(address)
        if isinstance(entry.get("value"), str)
    }


def _check_headers(headers: dict[str, str]) -> None:
    for name, value in headers.items():
        if _HEADER.fullmatch(name) is None or name.lower() in _NOT_THEIRS:
            raise MessageInvalid(f"the dataAddress wants the header {name[:100]!r}, which is not for it to set")
        if value and _VALUE.fullmatch(value) is None:
            raise MessageInvalid(f"the dataAddress gives a value for {name} that cannot stand in a header")
