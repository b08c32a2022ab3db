"""Making a connector, and opening what it was made of: folder, settings, keys, management tokens, database."""

import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.clock import SystemClock, format_time
from connector.opening import OpeningError, gaiax_of
from connector.ports.keys import KeyStoreError
from connector.protocol.bindings import NOTICES_PATH
from connector.protocol.versions import PREFERRED, WELL_KNOWN
from connector.services.gaiax import BUNDLE_PATH, CHAIN_PATH, GAIAX_SERVICE
from connector.services.identity import Identity, log_origin
from connector.services.issuing import PATH as ISSUER_PATH
from connector.settings import FILE, Settings, change_setting, load_settings, write_settings
from connector.store.folder import FolderInUse, FolderLock
from connector.store.keyfiles import KeyFiles, write_secret
from connector.store.keystate import KeyRingFile
from connector.trust.did import (
    Service,
    did_web_document_url,
    did_web_from_url,
    write_did_document,
)
from connector.trust.errors import TrustError
from connector.trust.gaiax import certified_method
from connector.trust.issuance import ISSUER_SERVICE
from connector.trust.keyring import USES, KeyEntry
from connector.trust.keys import Signer, SigningKey
from connector.web import tokens
from connector.web.identity import CREDENTIALS_PATH

TOKENS: Final = Path("secrets") / "management-tokens.json"
OWNER_TOKEN: Final = Path("secrets") / "owner.token"
DATABASE: Final = "mmd.sqlite"
_MAX_PASSPHRASE: Final = 4096


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
    passphrase_file: Path | None = None,
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
    passphrase = None if passphrase_file is None else read_passphrase(passphrase_file)
    did = _did_of(public_url, laboratory=laboratory)
    directory.mkdir(parents=True, exist_ok=True)
    try:
        _make_secrets(directory, passphrase)
    except KeyStoreError as error:
        raise InitError(str(error)) from None
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
            **({} if passphrase_file is None else {"key_passphrase_file": str(passphrase_file.absolute())}),
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
        write_secret(token_file, tokens.add_token(directory / TOKENS, "owner", "owner", now=now).encode())
    return InitReport(did, directory, settings.management_url, token_file)


def _did_of(public_url: str, *, laboratory: bool) -> str:
    """The did:web of an address, if others will be able to look it up there."""
    try:
        did = did_web_from_url(public_url)
        did_web_document_url(did, insecure_hosts=laboratory)
    except TrustError as error:
        raise InitError(f"the public address cannot be used: {error}") from None
    return did


def add_token(directory: Path, name: str, role: str, *, person: str | None = None) -> str:
    """Make a management token for a person; it is shown this once."""
    return tokens.add_token(directory / TOKENS, name, role, now=format_time(SystemClock().now()), person=person)


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


def keys_of(settings: Settings) -> KeyFiles:
    """Where the private keys of a folder are kept, with the passphrase that the settings name.

    Raises:
        InitError: the file with the passphrase cannot be read.
    """
    passphrase = settings.key_passphrase.encode() if settings.key_passphrase else None
    if settings.key_passphrase_file is not None:
        passphrase = read_passphrase(settings.key_passphrase_file)
    return KeyFiles(settings.directory / "keys", passphrase)


def list_keys(settings: Settings) -> list[dict[str, str | bool]]:
    """Names of the keys and whether they are sealed; never the keys.

    Raises:
        InitError: one cannot be read.
    """
    keys = keys_of(settings)
    try:
        return [{"name": name, "sealed": keys.is_sealed(name)} for name in keys.names()]
    except KeyStoreError as error:
        raise InitError(str(error)) from None


def seal_keys(settings: Settings, passphrase_file: Path | None) -> tuple[str, ...]:
    """Seal every key anew with the passphrase in a file, or open them all (None); the settings follow.

    Returns:
        the names of the keys.

    Raises:
        InitError: the passphrase cannot be read or is too short, or a key cannot be opened; nothing was changed then.
    """
    passphrase = None if passphrase_file is None else read_passphrase(passphrase_file)
    try:
        names = keys_of(settings).seal_all(passphrase)
    except KeyStoreError as error:
        raise InitError(str(error)) from None
    named = None if passphrase_file is None else str(passphrase_file.absolute())
    change_setting(settings.directory, "key_passphrase_file", named)
    return names


def read_passphrase(file: Path) -> bytes:
    """The passphrase in a file: all of its bytes but the line break at the end, so that a key file serves as well.

    Raises:
        InitError: it cannot be read, or is empty.
    """
    try:
        with file.open("rb") as opened:
            found = opened.read(_MAX_PASSPHRASE).rstrip(b"\r\n")
    except OSError as error:
        raise InitError(f"the passphrase of the keys cannot be read from {file}: {error.strerror or error}") from None
    if not found:
        raise InitError(f"the file {file} is empty; it should hold the passphrase of the keys")
    return found


def identity_of(settings: Settings) -> Identity:
    """The participant that a folder holds: DID, keys, addresses.

    Raises:
        InitError: a key is missing or cannot be read.
    """
    did = did_web_from_url(settings.public_url)
    keys = keys_of(settings)
    try:
        ring = rings_of(settings).load()
        loaded = {entry.fragment: keys.load(entry.name) for entry in ring.published()}
        tokens = {entry.fragment: (loaded.get(entry.fragment) or keys.load(entry.name)) for entry in ring.of("token")}
    except KeyStoreError as error:
        raise InitError(str(error)) from None
    protocol_url = settings.public_url + PREFERRED.path
    services = [
        Service(f"{did}#connector", "DataService", settings.public_url + WELL_KNOWN),
        Service(f"{did}#catalog", "CatalogService", protocol_url + "/catalog"),
        Service(f"{did}#credentials", "CredentialService", settings.public_url + CREDENTIALS_PATH),
        Service(f"{did}#notices", "NoticeService", protocol_url + NOTICES_PATH),
    ]
    if settings.authority:
        services.append(Service(f"{did}#issuer", ISSUER_SERVICE, settings.public_url + ISSUER_PATH))
    try:
        certified = gaiax_of(settings).key
    except OpeningError as error:
        raise InitError(str(error)) from None
    if certified is not None:
        services.append(Service(f"{did}#gaiax", GAIAX_SERVICE, settings.public_url + BUNDLE_PATH))
    document = write_did_document(did, {name: key.public for name, key in loaded.items()}, services)
    if certified is not None:
        method = certified_method(did, certified.chain, settings.public_url + CHAIN_PATH)
        document["verificationMethod"].append(method)
        document["assertionMethod"].append(method["id"])
    return Identity(
        did=did,
        name=settings.name,
        token_key=_signing(did, ring.current("token"), loaded),
        contract_key=_signing(did, ring.current("contract"), loaded),
        log_key=_signing(did, ring.current("log"), loaded),
        log_origin=log_origin(settings.public_url, ring.log_epoch),
        log_epoch=ring.log_epoch,
        public_url=settings.public_url,
        protocol_url=protocol_url,
        did_document=document,
        laboratory=settings.laboratory,
        access_secret=(settings.directory / "secrets" / "access.key").read_bytes(),
        ring=ring,
        signing={entry.fragment: _signing(did, entry, loaded) for entry in ring.published() if _may_sign(entry)},
        token_keys={fragment: key.public for fragment, key in tokens.items()},
    )


def rings_of(settings: Settings) -> KeyRingFile:
    """Where it is kept which key of a folder is which."""
    return KeyRingFile(settings.directory / "keys")


def _signing(did: str, entry: KeyEntry, loaded: Mapping[str, Signer]) -> SigningKey:
    return SigningKey(loaded[entry.fragment], f"{did}#{entry.fragment}")


def _may_sign(entry: KeyEntry) -> bool:
    """A retired token key signs nothing more; contracts and logs go on under the keys that they were begun with."""
    return entry.use != "token" or entry.state != "retired"


def _make_secrets(directory: Path, passphrase: bytes | None) -> None:
    for part in ("keys", "secrets"):
        folder = directory / part
        folder.mkdir(mode=0o700, exist_ok=True)
    keys = KeyFiles(directory / "keys", passphrase)
    made = keys.names()
    for name, algorithm in USES.items():
        if name not in made:
            keys.create(name, algorithm)
    access = directory / "secrets" / "access.key"
    if not access.exists():
        write_secret(access, secrets.token_bytes(32))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


__all__ = ["FolderInUse", "InitError", "InitReport", "initialise", "upgrade_database"]
