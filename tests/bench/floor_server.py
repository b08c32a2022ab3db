"""The far end of the floor: the least that can take a signed message. Verify, commit with full sync, answer.

Run as a process of its own: `python -m tests.bench.floor_server PORT DATABASE PUBLIC_KEY_HEX`.
"""

import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.bench.ledger import Ledger
from tests.bench.serving import Application, Receive, Scope, Send, answer, body_of, serve

_SIGNATURE: int = 64


def application(ledger: Ledger, key: Ed25519PublicKey) -> Application:
    """Takes posts whose body is a signature and what it signs; a GET only says that we are here."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "POST":
            body = await body_of(receive)
            key.verify(body[:_SIGNATURE], body[_SIGNATURE:])
            ledger.commit(body)
        await answer(send, b"{}")

    return app


if __name__ == "__main__":
    port, database, public = sys.argv[1:4]
    verifier = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    serve(application(Ledger(Path(database)), verifier), port=int(port))
