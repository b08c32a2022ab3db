"""Our vocabulary and its context, open to the world and to be kept: the same at every connector of one version."""

import hashlib
import json
from functools import lru_cache
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector.canonical import JsonObject
from connector.services.vocabulary import context_document, vocabulary_document

VOCABULARY: Final = "/vocabulary/v1"
CONTEXT: Final = "/vocabulary/v1/context.jsonld"
_KEPT: Final = "public, max-age=86400"


def routes() -> list[Route]:
    """Both documents; the address of each term leads to the vocabulary too."""

    async def vocabulary(request: Request) -> Response:
        return _answer(request, *_vocabulary())

    async def context(request: Request) -> Response:
        return _answer(request, *_context())

    methods = ["GET", "HEAD"]
    return [
        Route(CONTEXT, context, methods=methods),
        Route(VOCABULARY, vocabulary, methods=methods),
        Route(f"{VOCABULARY}/{{term:path}}", vocabulary, methods=methods),
    ]


def _answer(request: Request, body: bytes, tag: str) -> Response:
    headers = {"ETag": tag, "Cache-Control": _KEPT, "Access-Control-Allow-Origin": "*"}
    if tag in request.headers.get("if-none-match", "")[:1000]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/ld+json", headers=headers)


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[bytes, str]:
    return _written(vocabulary_document())


@lru_cache(maxsize=1)
def _context() -> tuple[bytes, str]:
    return _written(context_document())


def _written(document: JsonObject) -> tuple[bytes, str]:
    body = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8")
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
