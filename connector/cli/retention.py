"""`mmd retention`: what is kept of each kind of record, for how long, why, what would go; and letting it go."""

from typing import TYPE_CHECKING, Annotated, Final

from typer import Option

from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

_COLUMNS: Final = ("kind", "what", "days", "count", "go", "bytes", "next")
_KILO: Final = 1000


def command(
    session: Session,
    *,
    apply: Annotated[bool, Option("--apply", help="cli.retention.apply")] = False,
    why: Annotated[bool, Option("--why", help="cli.retention.why")] = False,
) -> int | None:
    with session.client() as client:
        if apply:
            _went(session, client.apply_retention())
            return None
        kinds = client.retention()
    session.screen.result({"kinds": kinds})
    session.screen.table(
        [session.say(f"retention.column_{name}") for name in _COLUMNS], [_row(session, kind) for kind in kinds]
    )
    for kind in kinds if why else []:
        _why(session, kind)
    session.screen.note(session.say("retention.hint" if any(k.get("wouldGo") for k in kinds) else "retention.nothing"))
    return None


def _went(session: Session, kinds: list["Json"]) -> None:
    session.screen.result({"kinds": kinds})
    gone = [kind for kind in kinds if kind.get("removed")]
    for kind in gone:
        said = session.say("retention.gone", removed=kind["removed"], kind=kind["kind"], bytes=_size(kind["bytes"]))
        session.screen.line(said)
    if not gone:
        session.screen.note(session.say("retention.nothing"))
        return
    removed, size = (sum(kind[name] for kind in gone) for name in ("removed", "bytes"))
    session.screen.line(session.say("retention.went", removed=removed, bytes=_size(size)), "green")


def _row(session: Session, kind: "Json") -> list[object]:
    days = kind.get("days")
    if days is None:
        kept = session.say("retention.forever")
    else:
        kept = session.say("retention.by_itself") if kind.get("fixed") else session.say("retention.days", days=days)
    named = kind.get(session.lang) or kind["en"]
    counted = kind.get("count") is not None
    return [
        kind["kind"],
        named["name"],
        kept,
        kind["count"] if counted else "-",
        kind["wouldGo"] if counted else "-",
        _size(kind["bytes"]) if kind.get("wouldGo") else "-",
        str(kind.get("next") or "-")[:10],
    ]


def _why(session: Session, kind: "Json") -> None:
    named = kind.get(session.lang) or kind["en"]
    lines = [
        session.say("retention.since", text=named["since"]),
        session.say("retention.because", text=named["why"]),
        *([session.say("retention.least", days=kind["minimum"])] if kind.get("minimum") else []),
        session.say("retention.proves", text=named["proves"]),
        *([session.say("retention.set", kind=kind["kind"])] if kind.get("setting") == "keep_days" else []),
    ]
    session.screen.line()
    session.screen.line(str(named["name"]), "bold")
    for line in lines:
        session.screen.line("  " + line)


def _size(size: int) -> str:
    """Bytes as people read them."""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < _KILO:
            return f"{value:,.0f} {unit}"
        value /= _KILO
    return f"{value:,.0f} GB"
