"""The far end of the floor: the least that can take a signed message. Verify, commit with full sync, answer.

Run as a process of its own: `python -m tests.bench.floor_server PORT DATABASE PUBLIC_KEY_HEX`.
"""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.bench.ledger import Ledger
from tests.bench.serving import serve

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def application(ledger: Ledger, key: Ed25519PublicKey) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Takes posts whose body is a signature (64 bytes) and what it signs."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        key.verify(body[:64], body[64:])
        ledger.commit(body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    return app


if __name__ == "__main__":
    port, database, public = sys.argv[1:4]
    serve(
        application(Ledger(Path(database)), Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))), port=int(port)
    )
