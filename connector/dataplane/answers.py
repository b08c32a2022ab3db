"""What another participant says when it refuses data, bounded: our own problems, or anything."""

import json
from typing import Final

import httpx

_MAX_PROBLEM: Final = 100_000
_PIECE: Final = 64 * 1024
Problem = tuple[str, str, dict[str, str]]
"""Title, detail, and if it is one of ours: the clause, and the sentence in Korean."""


async def read_problem(answer: httpx.Response, fallback: str) -> Problem:
    """What an answer says about why it refuses; `fallback` is the title when it has none."""
    body = b""
    async for chunk in answer.aiter_raw(_PIECE):
        body += chunk
        if len(body) > _MAX_PROBLEM:
            break
    try:
        data = json.loads(body)
        more = {name: str(data[name])[:2000] for name in ("clause", "ko") if isinstance(data.get(name), str)}
        return str(data["title"])[:200], str(data["detail"])[:2000], more
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return fallback, body[:500].decode("utf-8", "replace"), {}
