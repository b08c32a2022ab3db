"""The passphrase of a backup: out of a file, out of the environment, or typed; never an argument, which others can see."""

from pathlib import Path
from typing import Final

from connector.cli.session import Session

VARIABLE: Final = "MMD_BACKUP_PASSPHRASE"
MIN_LENGTH: Final = 12
"""Of a new one, in bytes: as for sealed keys."""


def passphrase_of(session: Session, file: Path | None, *, new: bool) -> bytes:
    """The passphrase.

    Args:
        session: of this run.
        file: where it stands, if it stands in a file.
        new: whether something is to be sealed with it: typed twice, and long enough.

    Raises:
        CommandError: there is none, or it is too short.
    """
    if file is not None:
        from connector.founding import InitError, read_passphrase

        try:
            found = read_passphrase(file)
        except InitError:
            raise session.error("no_passphrase_file", path=file) from None
    elif session.environ.get(VARIABLE):
        found = session.environ[VARIABLE].encode()
    elif session.screen.interactive:
        found = _typed(session, new=new)
    else:
        raise session.usage("no_passphrase", variable=VARIABLE)
    if new and len(found) < MIN_LENGTH:
        raise session.error("short_passphrase", count=MIN_LENGTH)
    return found


def _typed(session: Session, *, new: bool) -> bytes:
    from getpass import getpass

    found = getpass(session.say("backup.ask_passphrase") + ": ")
    if new and getpass(session.say("backup.ask_again") + ": ") != found:
        raise session.error("other_passphrase")
    return found.encode()
