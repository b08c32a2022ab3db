"""`mmd members`: as an authority, whom it admitted, and whose membership it took back."""

from connector.cli.session import Session


def command(session: Session) -> int | None:
    with session.client() as client:
        found = client.members()
    session.screen.result({"members": found})
    columns = [session.say(f"membership.column_{name}") for name in ("name", "did", "until", "state")]
    rows = [
        [item.get("name", ""), item.get("did", ""), item.get("validUntil") or "", _state(session, item)]
        for item in found
    ]
    session.screen.table(columns, rows)
    return None


def _state(session: Session, item: dict[str, object]) -> str:
    if item.get("revokedAt") is None:
        return session.say("membership.state_member")
    return session.say("membership.state_revoked", at=item["revokedAt"], reason=item.get("reason") or "")
