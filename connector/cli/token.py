"""`mmd token`: named tokens for the management API; works on the connector's folder."""

from typing import Annotated

from typer import Argument, Option

from connector.cli.session import Session

ROLES = ("owner", "clerk", "auditor")
_COLUMNS = ("name", "role", "person")


def add(
    session: Session,
    name: Annotated[str, Argument(metavar="NAME", help="cli.token.name")],
    role: Annotated[str, Option("--role", metavar="|".join(ROLES), help="cli.token.role")] = "clerk",
    person: Annotated[str | None, Option("--person", metavar="TEXT", help="cli.token.person")] = None,
) -> int | None:
    if role not in ROLES:
        raise session.usage("no_such_role", role=role, roles=", ".join(ROLES))
    from connector.founding import add_token

    token = add_token(session.initialised(), name, role, person=person)
    session.screen.result({"name": name, "role": role, "person": person or name, "token": token})
    session.screen.note(session.say("token.added", name=name, role=role))
    session.screen.line(token)
    return None


def list_all(session: Session) -> int | None:
    from connector.founding import list_tokens

    found = [dict(item) for item in list_tokens(session.initialised())]
    session.screen.result({"tokens": found})
    session.screen.table(
        [session.say(f"token.column_{name}") for name in _COLUMNS],
        [[item.get(name, "") for name in _COLUMNS] for item in found],
    )
    return None


def remove(session: Session, name: Annotated[str, Argument(metavar="NAME", help="cli.token.name")]) -> int | None:
    from connector.founding import remove_token

    remove_token(session.initialised(), name)
    session.screen.result({"name": name, "removed": True})
    session.screen.line(session.say("token.removed", name=name), "green")
    return None


VERBS = {"add": add, "list": list_all, "remove": remove}
