"""Management tokens: named, with a role, kept as digests in a file that only the owner can read."""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from connector.canonical import JsonObject

_BYTES: Final = 32
MAX_NAME: Final = 64
MAX_PERSON: Final = 100


class ManagementRole(StrEnum):
    """What a token may do."""

    OWNER = "owner"
    CLERK = "clerk"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who uses the management API; the name stands in every record of an act.

    `person` is who the token was given to: where two people have to agree, two tokens of one person are one.
    """

    name: str
    role: ManagementRole
    person: str


class TokenError(ValueError):
    """A token cannot be added or removed; the sentence says why."""


def add_token(file: Path, name: str, role: str, *, now: str, person: str | None = None) -> str:
    """Make a token; it is shown this once and kept as a digest only. `person`: who gets it; None: as the token is called.

    Raises:
        TokenError: the name is taken or unusable, or there is no such role.
    """
    entries = _read(file)
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise TokenError(f"a token's name has 1 to {MAX_NAME} printable characters")
    if any(entry["name"] == name for entry in entries):
        raise TokenError(f"there is a token named {name!r} already; remove it first")
    try:
        kind = ManagementRole(role)
    except ValueError:
        raise TokenError(f"{role!r} is no role; one of: {', '.join(ManagementRole)}") from None
    if person is not None and (not person.strip() or len(person) > MAX_PERSON or not person.isprintable()):
        raise TokenError(f"a person's name has 1 to {MAX_PERSON} printable characters")
    token = secrets.token_urlsafe(_BYTES)
    entry = {"name": name, "role": kind.value, "digest": _digest(token), "created": now}
    entries.append({**entry, "person": person.strip()} if person else entry)
    _write(file, entries)
    return token


def list_tokens(file: Path) -> list[dict[str, str]]:
    """Names, roles and people; never anything that could be used."""
    return [
        {"name": e["name"], "role": e["role"], "person": e.get("person") or e["name"], "created": e.get("created", "")}
        for e in _read(file)
    ]


def remove_token(file: Path, name: str) -> None:
    """Remove a token; from the next request on it is refused.

    Raises:
        TokenError: there is none with this name.
    """
    entries = _read(file)
    left = [entry for entry in entries if entry["name"] != name]
    if len(left) == len(entries):
        raise TokenError(f"there is no token named {name!r}")
    _write(file, left)


class Tokens:
    """The tokens of a running connector, read again whenever the file changes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._entries: list[dict[str, str]] = []

    def caller(self, header: str | None) -> Caller | None:
        """Who a request's `Authorization` header belongs to."""
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        given = _digest(token.strip())
        found = None
        for entry in self._current():
            if hmac.compare_digest(entry["digest"], given):
                person = entry.get("person") or entry["name"]
                found = Caller(entry["name"], ManagementRole(entry["role"]), person)
        return found

    def _current(self) -> list[dict[str, str]]:
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return []
        seen = (stat.st_mtime_ns, stat.st_size)
        if seen != self._seen:
            self._entries, self._seen = _read(self._file), seen
        return self._entries


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _read(file: Path) -> list[dict[str, str]]:
    try:
        data: JsonObject = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return []
    entries: list[dict[str, str]] = data["tokens"]
    return entries


def _write(file: Path, entries: list[dict[str, str]]) -> None:
    temporary = file.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump({"tokens": entries}, opened, ensure_ascii=False, indent=1)
    temporary.replace(file)
