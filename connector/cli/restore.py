"""`mmd restore`: a connector's folder out of a backup, or out of what others hold. It signs nothing before it was reconciled."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from typer import Argument, Option

from connector.cli.passphrase import passphrase_of
from connector.cli.screen import size_text
from connector.cli.session import Session
from connector.cli.trust_files import trust_from

if TYPE_CHECKING:
    from datetime import datetime

    from connector.trust.anchors import TrustFile

MAX_EVIDENCE: Final = 32 * 1024 * 1024
"""The largest evidence file, in bytes (`docs/evidence.md`, 2)."""


def command(
    session: Session,
    files: Annotated[list[Path], Argument(metavar="FILE", help="cli.restore.backup")],
    *,
    evidence: Annotated[bool, Option("--evidence", help="cli.restore.evidence")] = False,
    trust: Annotated[str | None, Option("--trust", metavar="FILE|KEY", help="cli.restore.trust")] = None,
    passphrase_file: Annotated[
        Path | None, Option("--passphrase-file", metavar="FILE", help="cli.backup.passphrase_file")
    ] = None,
) -> int | None:
    if session.given_directory is None:
        raise session.usage("restore_where")
    if evidence:
        return _from_evidence(session, files, trust)
    if len(files) != 1 or trust is not None:
        raise session.usage("restore_one")
    return _from_backup(session, files[0], session.given_directory, passphrase_file)


def _from_backup(session: Session, backup: Path, target: Path, passphrase_file: Path | None) -> int | None:
    from connector.clock import SystemClock
    from connector.store.backup import BackupError
    from connector.store.restoring import restore_backup

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


def _from_evidence(session: Session, files: list[Path], trust: str | None) -> int | None:
    """Without any backup: what the other sides have to show, into a new folder of the same name."""
    from connector.clock import SystemClock
    from connector.store.backup import BackupError
    from connector.store.folder import FolderInUse
    from connector.store.returned import lay_down
    from connector.trust.did import did_web_from_url

    if trust is None:
        raise session.usage("restore_trust")
    settings = session.settings()
    did = did_web_from_url(settings.public_url)
    now = SystemClock().now()
    anchors = trust_from(session, trust)
    found: dict[str, bytes] = {}
    for file in files:
        with session.screen.waiting(session.say("restore.judging", file=file)):
            for data in evidence_in(file):
                agreement = _verified(session, file, data, did=did, trust=anchors, now=now)
                found[agreement] = data
    try:
        lay_down(settings.directory, list(found.values()), now=now)
    except BackupError as error:
        raise session.error("backup", detail=error) from None
    except FolderInUse as error:
        raise session.error("backup", detail=error) from None
    session.screen.result({"directory": str(settings.directory), "did": did, "contracts": sorted(found)})
    for agreement in sorted(found):
        session.screen.line(session.say("restore.laid", agreement=agreement), "green")
    session.screen.line(session.say("restore.next_laid", directory=settings.directory), "yellow")
    return None


def _verified(session: Session, file: Path, data: bytes, *, did: str, trust: "TrustFile", now: "datetime") -> str:
    """The agreement that this evidence is about, if it is true and one of ours.

    Raises:
        CommandError: it is not; nothing has been put back.
    """
    from connector.contracts.evidence import verify_evidence

    verdict = verify_evidence(data, trust=trust, now=now)
    if verdict.exit_code != 0:
        raise session.error("restore_not_true", file=file, summary=verdict.summary(session.lang))
    if did not in (verdict.facts["provider"], verdict.facts["consumer"]):
        parties = f"{verdict.facts['provider']}, {verdict.facts['consumer']}"
        raise session.error("restore_not_ours", file=file, parties=parties, did=did)
    return verdict.facts["agreement"]


def evidence_in(file: Path) -> Iterator[bytes]:
    """The evidence files in a file: it may be one, or a bundle of them. What else a bundle says is for `mmd verify`."""
    import zipfile

    from connector.contracts.bundle_check import is_bundle

    with file.open("rb") as opened:
        if not is_bundle(opened):
            yield opened.read()
            return
        with zipfile.ZipFile(opened) as archive:
            for entry in archive.infolist():
                if entry.filename.startswith("contracts/") and entry.file_size <= MAX_EVIDENCE:
                    yield archive.read(entry)
