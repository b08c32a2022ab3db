"""What we publish, and what others offer."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from catalog.findings import describe_found
from connector.canonical import JsonObject
from connector.web.deps import MOST_DIGITS
from connector.web.management.door import API
from connector.web.management.guard import Clerk, Reader, This, act
from connector.web.management.models import PublishBody
from connector.web.management.views import dataset_view

router = APIRouter(tags=["data sets"])


@router.put("/uploads", status_code=201)
async def upload(request: Request, name: str, connector: This, _: Clerk) -> JsonObject:
    """Upload a file (the body as it is) and see what the machine finds in it. Nothing is published yet."""
    said = request.headers.get("content-length", "")
    announced = int(said) if said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS else None
    done = await connector.publishing.upload(
        name, request.stream(), max_bytes=connector.uploads_limit, announced=announced
    )
    return {
        "uploadId": done.id,
        "found": done.found.to_json(),
        "lines": {lang: list(describe_found(done.found, lang)) for lang in ("en", "ko")},
    }


@router.post("/datasets", status_code=201)
async def publish(body: PublishBody, connector: This, caller: Clerk) -> JsonObject:
    """Publish an upload: it becomes a frozen data set with one offer."""
    answers = dict(body.answers)
    for key in ("title", "description"):
        if isinstance(answers.get(key), str):
            answers[key] = {_language_of(answers[key]): answers[key]}
    record = await connector.publishing.publish(
        body.uploadId, answers, body.terms, visible_to=body.visibleTo, by=act(connector, caller, "publish")
    )
    return dataset_view(*await connector.publishing.dataset(record.id))


@router.get("/datasets")
async def datasets(
    response: Response,
    connector: This,
    _: Reader,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    after: Annotated[str | None, Query(max_length=2048)] = None,
) -> list[JsonObject]:
    """What is in our catalog, oldest first. When there is more, `Link` names the next page."""
    found, more = await connector.publishing.datasets(limit, after=after)
    if more is not None:
        query = urlencode({"limit": limit, "after": more})
        response.headers["Link"] = f'<{API}/datasets?{query}>; rel="next"'
    return [dataset_view(record, offers) for record, offers in found]


@router.get("/datasets/{dataset_id}")
async def dataset(dataset_id: str, connector: This, _: Reader) -> JsonObject:
    """One data set of ours."""
    return dataset_view(*await connector.publishing.dataset(dataset_id))


@router.delete("/datasets/{dataset_id}")
async def withdraw(dataset_id: str, connector: This, caller: Clerk) -> JsonObject:
    """Take a data set out of the catalog. Contracts on it go on; withdraw those one by one."""
    record = await connector.publishing.withdraw(dataset_id, by=act(connector, caller, "withdraw-dataset", dataset_id))
    return dataset_view(record, [])


@router.get("/catalog")
async def catalog(connector: This, _: Reader, q: str = "", provider: str | None = None) -> JsonObject:
    """Search the catalogs of one provider or of all peers. Says who answered, and who did not and why."""
    found, asked = await connector.federation.search(q, providers=[provider] if provider else None)
    return {
        "entries": found,
        "asked": [
            {"did": a.provider, "ok": a.problem is None, "problem": a.problem, "milliseconds": a.milliseconds}
            for a in asked
        ],
    }


def _language_of(text: str) -> str:
    return "ko" if any("가" <= c <= "힣" for c in text) else "en"
