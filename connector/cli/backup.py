"""`mmd backup`: all that a connector needs to go on after its disk is lost, in one encrypted file."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from typer import Option

from connector.cli.delivery import check_target, whole_file
from connector.cli.passphrase import passphrase_of
from connector.cli.screen import size_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.store.backup import Report

_NAMED: Final = 10
_NAMED_BY_SETTINGS: Final = (
    "key_passphrase_file",
    "tls_certificate",
    "tls_key",
    "ca_bundle",
    "gaiax_certificate",
    "gaiax_key",
    "gaiax_anchors",
)


class Received(StrEnum):
    """Which received files are part of it."""

    SMALL = "small"
    ALL = "all"
    NONE = "none"


def command(
    session: Session,
    *,
    to: Annotated[Path | None, Option("--to", metavar="FILE", help="cli.backup.to")] = None,
    check: Annotated[Path | None, Option("--check", metavar="FILE", help="cli.backup.check")] = None,
    received: Annotated[Received, Option("--received", help="cli.backup.received")] = Received.SMALL,
    passphrase_file: Annotated[
        Path | None, Option("--passphrase-file", metavar="FILE", help="cli.backup.passphrase_file")
    ] = None,
) -> int | None:
    if (to is None) == (check is None):
        raise session.usage("to_or_check")
    return _check(session, check, passphrase_file) if check else _write(session, to, received, passphrase_file)


def _write(session: Session, to: Path | None, received: Received, passphrase_file: Path | None) -> int | None:
    from connector.clock import SystemClock
    from connector.store.backup import BackupError, Choice, write_backup
    from connector.store.folder import FolderInUse
    from connector.trust.did import did_web_from_url

    assert to is not None
    check_target(session, to)
    settings = session.settings()
    passphrase = passphrase_of(session, passphrase_file, new=True)
    try:
        with whole_file(to) as file, session.screen.progress(session.say("backup.writing")) as bar:
            report = write_backup(
                settings.directory,
                file,
                passphrase,
                did=did_web_from_url(settings.public_url),
                now=SystemClock().now(),
                choice=Choice(received.value),
                progress=bar,
            )
    except BackupError as error:
        raise session.error("backup", detail=error) from None
    except FolderInUse:
        raise session.error("backup_runs") from None
    size = to.stat().st_size
    outside = _outside(settings)
    session.screen.result(
        {
            "file": str(to),
            "bytes": size,
            "files": report.files,
            "logSize": report.log.size,
            "leftOut": [{"file": name, "why": why} for name, why in report.left_out],
            "outside": outside,
        }
    )
    done = session.say("backup.done", file=to, size=size_text(size), files=report.files, log=report.log.size)
    session.screen.line(done, "green")
    _show_left_out(session, report, outside)
    session.screen.note(session.say("backup.keep"))
    return None


def _show_left_out(session: Session, report: "Report", outside: list[str]) -> None:
    for name, why in report.left_out[:_NAMED]:
        session.screen.line(session.say(f"backup.left_out_{why.replace(' ', '_')}", name=name), "yellow")
    if len(report.left_out) > _NAMED:
        session.screen.line(session.say("backup.left_out_more", count=len(report.left_out) - _NAMED), "yellow")
    for path in outside:
        session.screen.line(session.say("backup.outside", path=path), "yellow")


def _outside(settings: object) -> list[str]:
    """Files that the settings name, and that lie wherever they lie: the passphrase of the keys, certificates."""
    return [str(path) for path in (getattr(settings, name) for name in _NAMED_BY_SETTINGS) if path is not None]


def _check(session: Session, check: Path, passphrase_file: Path | None) -> int | None:
    import tempfile

    from connector.store.backup import BackupError
    from connector.store.restoring import check_backup

    passphrase = passphrase_of(session, passphrase_file, new=False)
    try:
        with (
            check.open("rb") as file,
            session.screen.progress(session.say("backup.checking")) as bar,
            tempfile.TemporaryDirectory(prefix="mmd-", dir=check.absolute().parent) as scratch,
        ):
            found = check_backup(file, passphrase, Path(scratch), progress=bar)
    except BackupError as error:
        raise session.error("backup", detail=error) from None
    session.screen.result({"ok": True, "did": found.did, "madeAt": found.made_at, "logSize": found.log.size})
    done = session.say("backup.checked", did=found.did, at=found.made_at, files=found.files, log=found.log.size)
    session.screen.line(done, "green")
    return None
