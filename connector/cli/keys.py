"""`mmd keys`: the private keys at rest: which there are, sealing them with a passphrase, opening them again."""

from pathlib import Path
from typing import Annotated

from typer import Option

from connector.cli.session import Session


def show(session: Session) -> int | None:
    from connector.founding import list_keys

    found = list_keys(session.settings())
    session.screen.result({"keys": found})
    session.screen.table(
        [session.say("keys.column_name"), session.say("keys.column_sealed")],
        [[str(key["name"]), session.say("keys.sealed" if key["sealed"] else "keys.open")] for key in found],
    )
    return None


def seal(
    session: Session,
    *,
    passphrase_file: Annotated[Path, Option("--passphrase-file", metavar="FILE", help="cli.keys.passphrase_file")],
) -> int | None:
    from connector.founding import seal_keys

    names = seal_keys(session.settings(), passphrase_file)
    session.screen.result({"sealed": list(names), "passphraseFile": str(passphrase_file.absolute())})
    session.screen.line(session.say("keys.sealed_now", names=", ".join(names)), "green")
    session.screen.note(session.say("keys.keep", file=str(passphrase_file.absolute())))
    return None


def unseal(session: Session) -> int | None:
    from connector.founding import seal_keys

    names = seal_keys(session.settings(), None)
    session.screen.result({"unsealed": list(names)})
    session.screen.line(session.say("keys.opened_now", names=", ".join(names)), "yellow")
    return None


VERBS = {"show": show, "seal": seal, "unseal": unseal}
