"""Making a connector, and opening what it was made of: folder, settings, keys, management tokens, database."""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.clock import SystemClock, format_time
from connector.protocol.bindings import NOTICES_PATH
from connector.protocol.versions import V2025_1, WELL_KNOWN
from connector.services.identity import Identity
from connector.settings import FILE, Settings, load_settings, write_settings
from connector.store.folder import FolderInUse, FolderLock
from connector.trust.did import (
    CONTRACT_KEY,
    LOG_KEY,
    TOKEN_KEY,
    Service,
    build_did_document,
    did_web_document_url,
    did_web_from_url,
)
from connector.trust.errors import TrustError
from connector.trust.keys import PrivateKey, SigningKey, generate_ed25519, generate_p256, private_key_from_pem
from connector.web import tokens
from connector.web.identity import CREDENTIALS_PATH

TOKENS: Final = Path("secrets") / "management-tokens.json"
OWNER_TOKEN: Final = Path("secrets") / "owner.token"
DATABASE: Final = "mmd.sqlite"


class InitError(Exception):
    """A connector cannot be made or started; the sentence says why."""


@dataclass(frozen=True, slots=True)
class InitReport:
    """What `initialise` made."""

    did: str
    directory: Path
    management_url: str
    owner_token_file: Path


def initialise(
    directory: Path,
    *,
    name: str,
    public_url: str,
    bind: str,
    management_port: int | None,
    laboratory: bool,
    authorities: list[str],
    authority_role: bool,
) -> InitReport:
    """Make a connector: its folder, settings, three keys, an owner's token. Never over an existing one.

    Raises:
        InitError: there is one already, or the addresses cannot be used.
        SettingsError: a value cannot be used.
    """
    if (directory / FILE).exists():
        raise InitError(f"there is a connector in {directory} already; choose another folder")
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit():
        raise InitError(f"bind is an address and a port, for example 127.0.0.1:8080, not {bind!r}")
    did = _did_of(public_url, laboratory=laboratory)
    directory.mkdir(parents=True, exist_ok=True)
    _make_secrets(directory)
    write_settings(
        directory,
        {
            "name": name,
            "public_url": public_url.rstrip("/"),
            "bind_host": host,
            "bind_port": int(port),
            "management_host": "127.0.0.1",
            "management_port": management_port or _free_port(),
            "profile": "laboratory" if laboratory else "production",
            "authority": authority_role,
            "authorities": [did, *authorities] if authority_role else authorities,
        },
    )
    try:
        settings = load_settings(directory)
    except ValueError:
        (directory / FILE).unlink()
        raise
    token_file = directory / OWNER_TOKEN
    if not token_file.exists():
        now = format_time(SystemClock().now())
        _write_secret(token_file, tokens.add_token(directory / TOKENS, "owner", "owner", now=now).encode())
    return InitReport(did, directory, settings.management_url, token_file)


def _did_of(public_url: str, *, laboratory: bool) -> str:
    """The did:web of an address, if others will be able to look it up there."""
    try:
        did = did_web_from_url(public_url)
        did_web_document_url(did, insecure_hosts=laboratory)
    except TrustError as error:
        raise InitError(f"the public address cannot be used: {error}") from None
    return did


def add_token(directory: Path, name: str, role: str) -> str:
    """Make a management token; it is shown this once."""
    return tokens.add_token(directory / TOKENS, name, role, now=format_time(SystemClock().now()))


def list_tokens(directory: Path) -> list[dict[str, str]]:
    """Names and roles of the management tokens."""
    return tokens.list_tokens(directory / TOKENS)


def remove_token(directory: Path, name: str) -> None:
    """Remove a management token."""
    tokens.remove_token(directory / TOKENS, name)


def upgrade_database(settings: Settings) -> str:
    """Bring the database to the newest schema; serving does it too.

    Raises:
        FolderInUse: a connector runs on this folder.
    """
    from connector.store.migrate import upgrade
    from connector.store.sqlite import sqlite_engine

    lock = FolderLock(settings.directory)
    lock.acquire()
    try:
        return upgrade(sqlite_engine(settings.directory / DATABASE))
    finally:
        lock.release()


def identity_of(settings: Settings) -> Identity:
    """The participant that a folder holds: DID, keys, addresses.

    Raises:
        InitError: a key is missing or cannot be read.
    """
    did = did_web_from_url(settings.public_url)
    keys = settings.directory / "keys"
    token, contract, log = (_read_key(keys / f"{n}.pem") for n in ("token", "contract", "log"))
    protocol_url = settings.public_url + V2025_1.path
    services = [
        Service(f"{did}#connector", "DataService", settings.public_url + WELL_KNOWN),
        Service(f"{did}#catalog", "CatalogService", protocol_url + "/catalog"),
        Service(f"{did}#credentials", "CredentialService", settings.public_url + CREDENTIALS_PATH),
        Service(f"{did}#notices", "NoticeService", protocol_url + NOTICES_PATH),
    ]
    document = build_did_document(
        did, token_key=token.public, contract_key=contract.public, log_key=log.public, services=services
    )
    return Identity(
        did=did,
        name=settings.name,
        token_key=SigningKey(token, f"{did}#{TOKEN_KEY}"),
        contract_key=SigningKey(contract, f"{did}#{CONTRACT_KEY}"),
        log_key=SigningKey(log, f"{did}#{LOG_KEY}"),
        log_origin=settings.public_url.split("://", 1)[1] + "/log",
        public_url=settings.public_url,
        protocol_url=protocol_url,
        did_document=document,
        laboratory=settings.laboratory,
        access_secret=(settings.directory / "secrets" / "access.key").read_bytes(),
    )


def _make_secrets(directory: Path) -> None:
    for part in ("keys", "secrets"):
        folder = directory / part
        folder.mkdir(mode=0o700, exist_ok=True)
    makers = {"token": generate_p256, "contract": generate_ed25519, "log": generate_ed25519}
    for name, make in makers.items():
        file = directory / "keys" / f"{name}.pem"
        if not file.exists():
            _write_secret(file, make().to_pem())
    access = directory / "secrets" / "access.key"
    if not access.exists():
        _write_secret(access, secrets.token_bytes(32))


def _write_secret(file: Path, data: bytes) -> None:
    """A file that only its owner can read, from its first moment on."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)


def _read_key(file: Path) -> PrivateKey:
    try:
        return private_key_from_pem(file.read_bytes())
    except FileNotFoundError:
        raise InitError(
            f"the key {file} is missing; without it this connector is nobody. Restore it from a backup"
        ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


__all__ = ["FolderInUse", "InitError", "InitReport", "initialise", "upgrade_database"]
