"""The pids in an error: its schemas demand both, whether anybody knows them or not (DSP 2025-1, error types).

What the message says of them is given back to its sender, who finds his process by it. What it does not say, or cannot be
read of it, comes from the path, which bears the receiver's pid.
"""

from typing import Final

from starlette.requests import Request

from connector.canonical import JsonObject
from connector.ids import MAX_IRI
from connector.protocol.machine import Role
from connector.services.wording import NOT_KNOWN_YET
from connector.web.deps import BODY
from connector.wire.codec import as_text, read_object
from connector.wire.errors import DecodeError

_PREFIXES: Final = ("", "dspace:", "https://w3id.org/dspace/2025/1/")


def pids_of(request: Request | None, receiver: Role | None) -> JsonObject:
    """`providerPid` and `consumerPid` for the answer to a request that is refused.

    Args:
        request: its body counts as far as it has been read.
        receiver: the role of the one to whom the path belongs; None when either side serves it. Then its pid stands at the
            side of which the message says nothing, and on both when it says nothing at all.
    """
    if request is None:
        return {"providerPid": NOT_KNOWN_YET, "consumerPid": NOT_KNOWN_YET}
    said = _said(request.scope.get(BODY, b""))
    provider, consumer = (_pid(said, name) for name in ("providerPid", "consumerPid"))
    path = _bounded(request.path_params.get("pid"))
    if path not in (provider, consumer):
        if receiver is not Role.CONSUMER:
            provider = provider or path
        if receiver is not Role.PROVIDER:
            consumer = consumer or path
    return {"providerPid": provider or NOT_KNOWN_YET, "consumerPid": consumer or NOT_KNOWN_YET}


def _said(body: bytes) -> JsonObject:
    """The body as plain JSON: who is refused does not make us expand JSON-LD."""
    try:
        return read_object(body)
    except DecodeError:
        return {}


def _pid(said: JsonObject, name: str) -> str | None:
    return next(filter(None, (_bounded(as_text(said.get(prefix + name))) for prefix in _PREFIXES)), None)


def _bounded(text: str | None) -> str | None:
    """A text that may be a pid: IRIs, and the bare ids that some peers use."""
    fits = text is not None and 0 < len(text) <= MAX_IRI and text.isprintable() and " " not in text
    return text if fits else None
