"""A delivery, from the request to the file on the disk."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from connector.cli.failures import CommandError
from connector.cli.negotiate import problem_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json, ManagementClient


def check_target(session: Session, path: Path) -> None:
    """Say at once, before anything is signed or counted, when the file could not be written.

    Raises:
        CommandError: it is a directory, or there is no directory to put it into.
    """
    if path.is_dir():
        raise session.usage("is_directory", path=path)
    if not path.absolute().parent.is_dir():
        raise session.usage("no_parent", path=path.absolute().parent)
    if not os.access(path.absolute().parent, os.W_OK):
        raise session.usage("no_permission", path=path.absolute().parent)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name only when the block has ended well: written beside it, then renamed."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def deliver(
    session: Session,
    client: "ManagementClient",
    contract: str,
    purpose: str | None,
    *,
    person: str | None,
    resume: str | None,
    push: bool,
    patience: int,
) -> "Json":
    """Have the connector pull the data, or the provider push it, and wait for the end.

    Raises:
        CommandError: refused, with the clause; broken off, with how to go on; no byte for `patience` seconds.
    """
    view = client.deliver(contract, purpose, person=person, delivery=resume, push=push)
    with session.screen.progress(session.say("fetch.pulling")) as bar:
        view = client.follow_delivery(str(view["id"]), on_progress=bar, patience=patience)
    if view.get("state") == "complete":
        return view
    problem = problem_text(view.get("problem"), session.lang) or "?"
    key = {"refused": "refused", "failed": "broken"}.get(str(view.get("state")), "delivery_waits")
    sentence = session.say(f"error.{key}", problem=problem, delivery=view.get("id"), seconds=patience)
    raise CommandError(sentence, facts={"delivery": view})


def save(session: Session, client: "ManagementClient", delivery: "Json", path: Path) -> tuple[int, str, bool]:
    """Write the delivered bytes and compare their SHA-256 with the contract's.

    Returns:
        How many bytes, their digest, and whether there was a digest to compare with.

    Raises:
        CommandError: another digest; no file is left then.
    """
    expected = delivery.get("expectedDigest")
    with whole_file(path) as file, session.screen.progress(session.say("fetch.saving")) as bar:
        count = client.content(str(delivery["id"]), file, on_progress=bar)
        file.flush()
        found = _digest(Path(file.name))
        if expected and found != expected:
            raise session.error("other_digest", expected=expected, found=found)
    return count, found, bool(expected)


def _digest(path: Path) -> str:
    # Read back: what is checked is what was kept, not what was meant to be.
    with path.open("rb") as again:
        return f"sha256:{hashlib.file_digest(again, 'sha256').hexdigest()}"
