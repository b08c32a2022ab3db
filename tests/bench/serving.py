"""Serving a bare ASGI application the way the product is served: uvicorn, httptools, uvloop where there is one."""

from typing import Any

import uvicorn


def serve(app: Any, *, port: int) -> None:
    """Serve on loopback until the process is ended."""
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False, server_header=False)
