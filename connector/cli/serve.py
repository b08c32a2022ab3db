"""`mmd serve`: run the connector of a folder until Ctrl-C."""

import gc
from typing import Annotated

from typer import Option

from connector.cli.init import initialise
from connector.cli.session import SETTINGS_FILE, Session


def command(
    session: Session,
    init_if_missing: Annotated[bool, Option("--init-if-missing", help="cli.serve.init_if_missing")] = False,
    name: Annotated[str | None, Option("--name", metavar="NAME", help="cli.init.name")] = None,
    public_url: Annotated[str | None, Option("--public-url", metavar="URL", help="cli.init.public_url")] = None,
    set_: Annotated[list[str] | None, Option("--set", metavar="NAME=VALUE", help="cli.serve.set")] = None,
) -> int | None:
    overrides: dict[str, str] = {}
    for pair in set_ or ():
        setting, equals, value = pair.partition("=")
        if not equals or not setting:
            raise session.usage("not_a_setting", text=pair)
        overrides[setting.strip()] = value
    if init_if_missing and not (session.directory / SETTINGS_FILE).exists():
        initialise(session, name=name, public_url=public_url, laboratory=True, authorities=[])
    # What is loaded now stays: looking for garbage among it would take a quarter of the start. `serve` goes on with it.
    gc.disable()
    settings = session.settings(overrides)
    from connector.serving import serve

    return int(serve(settings))
