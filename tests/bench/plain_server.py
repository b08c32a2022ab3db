"""A file over HTTP and nothing else: what a pull is compared with.

Run as a process of its own: `python -m tests.bench.plain_server PORT FILE`.
"""

import asyncio
import sys
from pathlib import Path

from tests.bench.serving import Application, Receive, Scope, Send, answer, serve

_CHUNK = 256 * 1024


def application(file: Path) -> Application:
    """Streams the file at `/file`; anything else only says that we are here."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] != "/file":
            await answer(send, b"{}")
            return
        size = str(file.stat().st_size).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", size)]})
        loop = asyncio.get_running_loop()
        with file.open("rb") as opened:
            while chunk := await loop.run_in_executor(None, opened.read, _CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


if __name__ == "__main__":
    serve(application(Path(sys.argv[2])), port=int(sys.argv[1]))
