"""Lists in pages, newest first: `after` is the id of the last one seen; a `Link` header names the next page (RFC 8288)."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import Request, Response

from connector.ports.store import Records
from connector.services.errors import NotFound

R = TypeVar("R")


def page(
    records: Records[R],
    *,
    after: Any | None,
    limit: int,
    beginning: tuple[str, str | None] | None = None,
    **equal: Any,
) -> Sequence[R]:
    """The page after the record with this key, or the first one.

    Raises:
        NotFound: there is no record with this key.
    """
    last = None
    if after is not None:
        last = records.get(after)
        if last is None:
            raise NotFound(f"there is nothing with the id {after}, so no page after it; begin without `after`")
    column, prefix = beginning or ("", None)
    return records.page(limit=limit, after=last, beginning=(column, prefix) if prefix else None, **equal)


def link_next(request: Request, response: Response, last: Any, *, full: bool) -> None:
    """Name the next page, if this one is full. What it is the next page of stays in its address."""
    if full:
        query = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
        address = f"{request.url.path}?{urlencode([*query, ('after', last)])}"
        response.headers["Link"] = f'<{address}>; rel="next"'
