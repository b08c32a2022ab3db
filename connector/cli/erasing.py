"""`mmd people erase`: what is known of a person is found everywhere, and erased where it need not stay."""

from collections import Counter
from typing import TYPE_CHECKING, Final

from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

ERASE: Final = "erase"
_SHOWN: Final = 20


def erase_person(session: Session, name: str, email: str, reason: str, *, yes: bool) -> int | None:
    """Show what would be erased, or erase it."""
    if "@" in name and not email:
        name, email = "", name
    if not name and not email:
        raise session.usage("erase_whom")
    if yes and not reason.strip():
        raise session.usage("erase_why")
    with session.client() as client:
        found = client.erase_person(name, email, reason, apply=yes)
    session.screen.result(found)
    erased, kept = found.get("erased") or {}, found.get("kept") or []
    if not erased and not kept:
        session.screen.note(session.say("erase.nowhere"))
    for kind, count in erased.items():
        session.screen.line(session.say("erase.done" if yes else "erase.would", kind=kind, count=count))
    _show_kept(session, kept, int(found.get("keptInAll") or 0))
    for did in found.get("alsoAt") or []:
        session.screen.line(session.say("erase.also_at", did=did), "yellow")
    if yes:
        if found.get("left"):
            session.screen.line(session.say("erase.left", why=found["left"]), "bold red")
        else:
            session.screen.line(session.say("erase.clean"), "green")
        session.screen.line(session.say("erase.receipt", digest=found["digest"], salt=found["salt"]))
        session.screen.note(session.say("erase.elsewhere"))
    elif erased:
        session.screen.note(session.say("erase.repeat"))
    return 1 if found.get("left") else None


def _show_kept(session: Session, kept: list["Json"], in_all: int) -> None:
    """Each reason once with the places that it holds for, the first of them by name."""
    if not kept:
        return
    session.screen.line(session.say("erase.kept", count=in_all), "bold")
    told: Counter[str] = Counter()
    for one in kept:
        why = str(one.get(session.lang) or one.get("en"))
        told[why] += 1
        if told[why] == 1:
            session.screen.line(f"  {why}", "yellow")
        if told[why] <= _SHOWN:
            session.screen.line(f"    {one['kind']} {one['id']} ({one['property']})")
