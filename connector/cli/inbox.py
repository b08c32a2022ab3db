"""`mmd inbox`: what waits for our people."""

from typing import TYPE_CHECKING, Annotated

from typer import Option

from connector.cli.choose import words
from connector.cli.session import Session
from connector.cli.talk import minute

if TYPE_CHECKING:
    from connector.client import Json

PAGE, MOST = 100, 1000
_COLUMNS = ("id", "since", "until", "yes", "what")


def command(
    session: Session,
    after: Annotated[str | None, Option("--after", metavar="ID", help="cli.inbox.after")] = None,
    limit: Annotated[int, Option("--limit", metavar="N", help="cli.inbox.limit")] = PAGE,
) -> int | None:
    if not 1 <= limit <= MOST:
        raise session.usage("not_a_limit", most=MOST)
    with session.client() as client:
        waiting = client.inbox(after=after, limit=limit)
        alerts = client.alerts() if after is None else []
    session.screen.result({"inbox": waiting, "alerts": alerts})
    if alerts:
        session.screen.line(session.say("inbox.alerts"), "bold")
    for alert in alerts:
        session.screen.line("! " + words(alert, session.lang), "red" if alert.get("level") == "full" else "yellow")
    if not waiting:
        session.screen.note(session.say("inbox.empty"))
        return None
    session.screen.table(
        [session.say(f"inbox.column_{name}") for name in _COLUMNS], [_row(session, w) for w in waiting]
    )
    if len(waiting) == limit:
        session.screen.note(session.say("contracts.more", command=f"mmd inbox --after {waiting[-1].get('id')}"))
    session.screen.note(session.say("inbox.next"))
    return None


def _row(session: Session, waiting: "Json") -> list[object]:
    yes = f"{len(waiting.get('approvals') or [])}/{waiting.get('persons', 1)}"
    what = words(waiting.get("summary"), session.lang)
    name = str(waiting.get("id", "")).removeprefix("urn:uuid:")
    return [name, minute(waiting.get("since")), minute(waiting.get("until")), yes, what]
