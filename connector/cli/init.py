"""`mmd init`: a new connector in a folder of its own: keys, DID, settings, the owner's token."""

import socket
from pathlib import Path
from typing import Annotated, Any

from typer import Option

from connector.cli.session import SETTINGS_FILE, Session


def command(
    session: Session,
    *,
    name: Annotated[str | None, Option("--name", metavar="NAME", help="cli.init.name")] = None,
    public_url: Annotated[str | None, Option("--public-url", metavar="URL", help="cli.init.public_url")] = None,
    bind: Annotated[str | None, Option("--bind", metavar="HOST:PORT", help="cli.init.bind")] = None,
    management_port: Annotated[
        int | None, Option("--management-port", metavar="PORT", help="cli.init.management_port")
    ] = None,
    laboratory: Annotated[bool, Option("--laboratory", help="cli.init.laboratory")] = False,
    authority: Annotated[list[str] | None, Option("--authority", metavar="DID", help="cli.init.authority")] = None,
    authority_role: Annotated[bool, Option("--authority-role", help="cli.init.authority_role")] = False,
    passphrase_file: Annotated[
        Path | None, Option("--passphrase-file", metavar="FILE", help="cli.keys.passphrase_file")
    ] = None,
) -> int | None:
    if (session.directory / SETTINGS_FILE).exists():
        raise session.error("already_there", directory=session.shown_directory)
    report = initialise(
        session,
        name=name,
        public_url=public_url,
        bind=bind,
        management_port=management_port,
        laboratory=laboratory,
        authorities=list(authority or ()),
        authority_role=authority_role,
        passphrase_file=passphrase_file,
    )
    session.screen.result(_report(report))
    return None


def initialise(
    session: Session,
    *,
    name: str | None,
    public_url: str | None,
    bind: str | None = None,
    management_port: int | None = None,
    laboratory: bool,
    authorities: list[str],
    authority_role: bool = False,
    passphrase_file: Path | None = None,
) -> Any:
    """Make the connector and show what was made.

    Raises:
        CommandError: outside the laboratory a public address is needed, and none was given.
    """
    from connector.founding import initialise as make

    if public_url is None:
        if not laboratory:
            raise session.usage("no_public_url")
        # did:web contains the port, so it is chosen now and once.
        public_url = f"http://localhost:{free_port()}"
    report = make(
        session.directory,
        name=name or session.directory.absolute().name,
        public_url=public_url,
        bind=bind or _bind_for(public_url, laboratory=laboratory),
        management_port=management_port,
        laboratory=laboratory,
        authorities=authorities,
        authority_role=authority_role,
        passphrase_file=passphrase_file,
    )
    session.screen.line(session.say("init.done", directory=session.shown_directory), "green")
    names = (("did", "did"), ("management_url", "management"), ("owner_token_file", "token"))
    session.screen.facts([(session.say(f"init.{key}"), getattr(report, member)) for member, key in names])
    session.screen.note(session.say("init.next", directory=session.shown_directory), "dim")
    return report


def free_port() -> int:
    """A port of this machine that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _bind_for(public_url: str, *, laboratory: bool) -> str:
    """Where to listen when nobody said: the laboratory on this machine only, with the port of the address."""
    from urllib.parse import urlsplit

    parts = urlsplit(public_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"127.0.0.1:{port}" if laboratory else f"0.0.0.0:{port}"


def _report(report: Any) -> dict[str, str]:
    return {
        "did": str(report.did),
        "directory": str(Path(report.directory)),
        "managementUrl": str(report.management_url),
        "ownerTokenFile": str(report.owner_token_file),
    }
