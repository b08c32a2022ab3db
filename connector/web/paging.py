"""Catalog requests over HTTP: pages with Link headers, tags, gzip (DSP 2025-1, catalog HTTPS binding)."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from connector.protocol.messages import CatalogRequestMessage
from connector.protocol.versions import ProtocolVersion
from connector.services.catalogs import CatalogPage
from connector.services.errors import BadRequest
from connector.web.conditional import conditional
from connector.web.deps import Connector
from connector.wire.codec import dump, with_context

TOKEN: Final = "continuationToken"  # noqa: S105 - the name that the standard's examples use
_PREVIOUS: Final = ("previous", "prev")
"""The standard's word, and the registered one (RFC 8288), which Eclipse EDC looks for."""


async def answer_catalog_request(
    connector: Connector, request: Request, reader: str, message: CatalogRequestMessage, version: ProtocolVersion
) -> Response:
    """A page of the Catalog.

    Raises:
        BadRequest: a filter or a token that we do not understand.
    """
    tokens = request.query_params.getlist(TOKEN)
    if len(tokens) > 1:
        raise BadRequest(f"{TOKEN} stands twice in the address")
    page = await connector.catalogs.page(reader, message, tokens[0] if tokens else None, version)
    body = dump(with_context(page.document, version))
    links = tuple(_links(f"{connector.identity.root(version)}/catalog/request", page))
    return conditional(connector, request, reader, body, links=links)


def _links(url: str, page: CatalogPage) -> Iterator[str]:
    """One header each, as in the standard's example. The next page is had by the same POST to that address."""
    if page.following is not None:
        yield _link(url, page.following, "next")
    if page.previous is not None:
        for relation in _PREVIOUS:
            yield _link(url, page.previous, relation)


def _link(url: str, token: str, relation: str) -> str:
    return f'<{url}?{urlencode({TOKEN: token})}>; rel="{relation}"'
