"""`mmd authority`: the connector that admits members to a data space; otherwise the same program (`mmd members`, `anchors`)."""

from pathlib import Path
from typing import Annotated

from typer import Option

from connector.cli.init import command as initialise
from connector.cli.session import Session


def init(
    session: Session,
    *,
    name: Annotated[str | None, Option("--name", metavar="NAME", help="cli.init.name")] = None,
    public_url: Annotated[str | None, Option("--public-url", metavar="URL", help="cli.init.public_url")] = None,
    bind: Annotated[str | None, Option("--bind", metavar="HOST:PORT", help="cli.init.bind")] = None,
    management_port: Annotated[
        int | None, Option("--management-port", metavar="PORT", help="cli.init.management_port")
    ] = None,
    laboratory: Annotated[bool, Option("--laboratory", help="cli.init.laboratory")] = False,
    passphrase_file: Annotated[
        Path | None, Option("--passphrase-file", metavar="FILE", help="cli.keys.passphrase_file")
    ] = None,
) -> int | None:
    return initialise(
        session,
        name=name,
        public_url=public_url,
        bind=bind,
        management_port=management_port,
        laboratory=laboratory,
        authority_role=True,
        passphrase_file=passphrase_file,
    )


VERBS = {"init": init}
