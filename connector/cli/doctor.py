"""`mmd doctor`: is everything as it should be, and which settings are in force; with `--peer` the same about another."""

import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from connector.cli.anchors import state_text
from connector.cli.failures import CommandError
from connector.cli.membership import watched_text
from connector.cli.peers import silent_text
from connector.cli.session import SETTINGS_FILE, Session
from connector.cli.talk import minute
from connector.texts import say

if TYPE_CHECKING:
    from connector.client import Json


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        id: its name for programs.
        ok: true, false, or None: not wrong, but worth knowing.
        text: a sentence.
    """

    id: str
    ok: bool | None
    text: str


def command(
    session: Session,
    peer: Annotated[str | None, Option("--peer", metavar="URL|DID", help="cli.doctor.peer")] = None,
) -> int | None:
    return _ourselves(session) if peer is None else _peer(session, peer)


def _peer(session: Session, peer: str) -> int:
    """What the running connector finds out about another one."""
    with session.screen.waiting(session.say("doctor.looking", peer=peer)), session.client() as client:
        found = client.diagnose(peer)
    session.screen.result(found)
    session.screen.facts(
        [(session.say("doctor.peer_did"), found.get("did")), (session.say("doctor.peer_url"), found.get("protocolUrl"))]
    )
    findings = [Finding(item["id"], item["ok"], str(item.get(session.lang) or item["en"])) for item in found["checks"]]
    _show(session, findings)
    wrong = sum(item.ok is False for item in findings)
    summary = session.say("doctor.peer_wrong", count=wrong) if wrong else session.say("doctor.peer_fine")
    session.screen.line(summary, "bold red" if wrong else "bold green")
    return 1 if wrong else 0


def _ourselves(session: Session) -> int:
    findings: list[Finding] = []
    settings: list[Json] = []
    if session.given_url is None:
        findings += _folder(session)
    try:
        with session.client() as client:
            findings += _running(session, client.self_description())
            settings = client.settings()
    except CommandError as error:
        findings.append(Finding("connector", ok=False, text=error.sentence))
        settings = _settings_of_folder(session, findings)
        findings += _disk_of_folder(session, {str(item["name"]): item["value"] for item in settings})
    wrong = any(item.ok is False for item in findings)
    session.screen.result({"ok": not wrong, "checks": [asdict(item) for item in findings], "settings": settings})
    _show(session, findings)
    if settings:
        session.screen.line()
        session.screen.table(
            [session.say(f"doctor.column_{name}") for name in ("name", "value", "source")],
            [[item.get("name", ""), _shown(item.get("value")), item.get("source", "")] for item in settings],
        )
    return 1 if wrong else 0


def _show(session: Session, findings: list[Finding]) -> None:
    for item in findings:
        mark, colour = {True: ("✓", "green"), False: ("✗", "red"), None: ("•", "yellow")}[item.ok]
        session.screen.line(f"{mark} {item.text}", colour)


def _folder(session: Session) -> list[Finding]:
    if not (session.directory / SETTINGS_FILE).is_file():
        sentence = session.say("error.no_connector_here", directory=session.shown_directory)
        return [Finding("folder", ok=False, text=sentence)]
    found = [Finding("folder", ok=True, text=session.say("doctor.folder", directory=session.shown_directory))]
    if os.name == "nt":  # there the access list decides, not the mode
        return found
    open_files = [path for path in _secrets(session.directory / "secrets") if path.stat().st_mode & 0o077]
    if open_files:
        path = open_files[0]
        mode = stat.filemode(path.stat().st_mode)
        return [*found, Finding("secrets", ok=False, text=session.say("doctor.secrets_open", path=path, mode=mode))]
    return [*found, Finding("secrets", ok=True, text=session.say("doctor.secrets"))]


def _secrets(folder: Path) -> list[Path]:
    return [folder, *sorted(folder.rglob("*"))] if folder.is_dir() else []


def _running(session: Session, described: "Json") -> list[Finding]:
    running = session.say("doctor.running", name=described.get("name", ""), did=described.get("participantId", ""))
    found = [Finding("connector", ok=True, text=running)]
    if described.get("signingSuspended"):
        suspended = session.say("doctor.signing_suspended", why=described["signingSuspended"])
        found.append(Finding("signing", ok=False, text=suspended))
    if described.get("profile") == "laboratory":
        found.append(Finding("profile", ok=None, text=session.say("doctor.laboratory")))
    found += [_exception(session, peer) for peer in described.get("exceptions", [])]
    found += [_anchors(session, item) for item in described.get("anchors") or []]
    found += [_watched(session, item) for item in described.get("watched") or []]
    found += [Finding("line", ok=None, text=silent_text(session, line)) for line in described.get("unreachable") or []]
    found += _inbox(session, described.get("inbox") or {})
    found += [_disk(session, item) for item in described.get("disk") or []]
    membership = described.get("membership")
    if not membership:
        found.append(Finding("membership", ok=None, text=session.say("doctor.no_membership")))
        return found
    until = str(membership.get("validUntil", ""))
    from connector.clock import SystemClock, parse_time

    try:
        over = parse_time(until) <= SystemClock().now()
    except ValueError:
        over = False
    key = "doctor.membership_over" if over else "doctor.membership"
    sentence = session.say(key, issuer=membership.get("issuer", ""), until=until)
    return [*found, Finding("membership", ok=not over, text=sentence)]


def _anchors(session: Session, item: "Json") -> Finding:
    ok = {"usable": True, "lapsed": False}.get(str(item.get("state")))
    return Finding("anchors", ok=None if ok and item.get("problem") else ok, text=state_text(session, item))


def _inbox(session: Session, inbox: "Json") -> list[Finding]:
    """What waits for people, if anything does."""
    count = inbox.get("waiting") or 0
    if not count:
        return []
    text = session.say("doctor.inbox", count=count, until=minute(inbox.get("nextEnds")))
    return [Finding("inbox", ok=None, text=text)]


def _disk(session: Session, item: "Json") -> Finding:
    ok = {"enough": True, "full": False}.get(str(item.get("level")))
    return Finding("disk", ok=ok, text=str(item.get(session.lang) or item.get("en")))


def _disk_of_folder(session: Session, settings: "Json") -> list[Finding]:
    """The same when the connector does not run: it may be why."""
    if "disk_floor_megabytes" not in settings:
        return []
    from connector.services.disk_space import Level, Thresholds, sentence_of, space_now
    from connector.store.disk import FolderDisk

    names = ("warning_megabytes", "warning_days", "floor_megabytes")
    thresholds = Thresholds.of(**{name: int(settings[f"disk_{name}"]) for name in names})
    found = [space_now(volume, thresholds) for volume in FolderDisk(session.directory).volumes()]
    ok = {Level.ENOUGH: True, Level.LOW: None, Level.FULL: False}
    return [Finding("disk", ok=ok[one.level], text=sentence_of(one, thresholds, session.lang)) for one in found]


def _watched(session: Session, item: "Json") -> Finding:
    ok = False if item.get("foreign") else None if item.get("problem") else True
    return Finding("watched", ok=ok, text=watched_text(session, item))


def _exception(session: Session, peer: "Json") -> Finding:
    given_up = [f"{name}: {say('lapse.' + name, session.lang)}" for name in peer.get("lapses", [])]
    text = session.say("doctor.excepted", did=peer.get("did", ""), reason=peer.get("reason") or "")
    return Finding("peer", ok=None, text=" ".join([text, *given_up]))


def _settings_of_folder(session: Session, findings: list[Finding]) -> list["Json"]:
    """What would be in force, when the connector does not run."""
    if session.given_url is not None or not (session.directory / SETTINGS_FILE).is_file():
        return []
    try:
        described: list[Any] = list(session.settings().describe())
    except CommandError as error:
        findings.append(Finding("settings", ok=False, text=error.sentence))
        return []
    return [dict(item) for item in described]


def _shown(value: object) -> str:
    return "" if value is None else str(value)
