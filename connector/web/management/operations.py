"""What those who run it ask: whether it lives, and its figures.

Module-level like every other route: FastAPI keeps what it learns about a callable, and would keep the connector with it.
"""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from connector.web.deps import Connector
from connector.web.management.guard import Reader, This

router = APIRouter(tags=["operations"])


@router.get("/health")
async def health(connector: This) -> dict[str, object]:
    """Whether the connector runs and may sign."""
    suspended = getattr(connector.store, "suspended", None)
    return {"status": "ok" if suspended is None else "signing suspended", "problem": suspended}


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(connector: This, _: Reader) -> Response:
    """Figures for Prometheus."""
    return Response(await _figures(connector), media_type="text/plain; version=0.0.4")


async def _figures(connector: Connector) -> bytes:
    registry = CollectorRegistry()

    def counts(unit: object) -> dict[str, float]:
        u = unit
        return {
            "mmd_contracts": u.contracts.count(),  # type: ignore[attr-defined]
            "mmd_negotiations": u.negotiations.count(),  # type: ignore[attr-defined]
            "mmd_transfers": u.transfers.count(),  # type: ignore[attr-defined]
            "mmd_datasets": u.datasets.count(withdrawn_at=None),  # type: ignore[attr-defined]
            "mmd_deliveries_complete": u.deliveries.count(state="complete"),  # type: ignore[attr-defined]
            "mmd_log_entries": head.size if (head := u.log.head()) else 0,  # type: ignore[attr-defined]
        }

    found = await connector.store.read(counts)
    found["mmd_outbox_waiting"] = connector.outbox.waiting()
    found["mmd_uses_running"] = connector.usage.running
    for name, value in found.items():
        Gauge(name, name.replace("_", " "), registry=registry).set(value)
    due = Gauge("mmd_outbox_due", "messages due to a peer", ["peer", "line"], registry=registry)
    for line in connector.outbox.lines():
        due.labels(line.peer, line.state.value).set(line.due)
    free = Gauge(
        "mmd_disk_free_bytes", "bytes that are free where something of ours lies", ["places"], registry=registry
    )
    usable = Gauge(
        "mmd_disk_usable_bytes", "the same without the floor and what is on its way here", ["places"], registry=registry
    )
    for disk in await connector.disk_space.described():
        places = "+".join(disk["places"])
        free.labels(places).set(disk["free"])
        usable.labels(places).set(disk["usable"])
    return generate_latest(registry)
