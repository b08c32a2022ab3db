"""`mmd restore`: a connector's folder out of a backup. It signs nothing before it has been reconciled."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from connector.cli.passphrase import passphrase_of
from connector.cli.screen import size_text
from connector.cli.session import Session


def command(
    session: Session,
    backup: Annotated[Path, Argument(metavar="FILE", help="cli.restore.backup")],
    *,
    passphrase_file: Annotated[
        Path | None, Option("--passphrase-file", metavar="FILE", help="cli.backup.passphrase_file")
    ] = None,
) -> int | None:
    from connector.clock import SystemClock
    from connector.store.backup import BackupError
    from connector.store.restoring import restore_backup

    target = session.given_directory
    if target is None:
        raise session.usage("restore_where")
    passphrase = passphrase_of(session, passphrase_file, new=False)
    try:
        with backup.open("rb") as file, session.screen.progress(session.say("restore.unpacking")) as bar:
            found = restore_backup(file, passphrase, target, now=SystemClock().now(), progress=bar)
    except BackupError as error:
        raise session.error("backup", detail=error) from None
    session.screen.result(
        {
            "directory": str(target),
            "did": found.did,
            "madeAt": found.made_at,
            "files": found.files,
            "bytes": found.bytes,
            "logSize": found.log.size,
        }
    )
    done = session.say("restore.done", did=found.did, at=found.made_at, directory=target, size=size_text(found.bytes))
    session.screen.line(done, "green")
    session.screen.line(session.say("restore.next", directory=target), "yellow")
    return None
