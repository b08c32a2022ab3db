"""`mmd demo`: a small data space on this machine."""

from pathlib import Path
from typing import Annotated

from typer import Option

from connector.cli.session import Session


def command(
    session: Session,
    keep: Annotated[bool, Option("--keep", help="cli.demo.keep")] = False,
) -> int | None:
    from connector.demo import run

    directory = session.given_directory or Path("mmd-demo")
    return int(run(directory, lang=session.lang, as_json=session.as_json, keep=keep))
