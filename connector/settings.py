"""The settings page: one typed value per setting; from flags, environment (`MMD_…`), the folder's settings.toml, defaults.

Read by `app` and `cli` only; everyone else receives values.
"""

import os
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from connector.services.retention.kinds import KINDS, Keeping, read_keep_days

FILE: Final = "settings.toml"
_PREFIX: Final = "MMD_"
_SECRET: Final = frozenset({"outbound_proxy", "key_passphrase"})
Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(ValueError):
    """The settings cannot be used; the sentence names the setting and where it came from."""


class Settings(BaseSettings):
    """One connector's settings."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    directory: Path = Field(exclude=True)
    name: str = Field(min_length=1, max_length=200, description="The company's name, as others read it.")
    public_url: str = Field(
        pattern=r"^https?://[^\s?#]+[^/\s?#]$",
        description="Where others reach this connector; its did:web is made from it, so it is chosen once.",
    )
    bind_host: str = Field("127.0.0.1", description="The address that the public port listens on.")
    bind_port: Port = Field(8080, description="The public port on this machine (a reverse proxy may stand before it).")
    management_host: str = Field("127.0.0.1", description="The address that the management port listens on.")
    management_port: Port = Field(8081, description="The management port.")
    profile: Literal["production", "laboratory"] = Field(
        "production", description="`laboratory` allows http and loopback addresses; it shows in every contract."
    )
    authority: bool = Field(default=False, description="Whether this connector issues memberships.")
    authorities: tuple[str, ...] = Field((), description="DIDs of the authorities whose memberships are believed.")
    admit: Literal["by-hand", "automatically"] = Field(
        "by-hand", description="As an authority: whether a person decides on each request for membership, or nobody."
    )
    take_offers: Literal["by-hand", "automatically"] = Field(
        "by-hand", description="Whether a membership that a believed authority offers is asked for without a person."
    )
    asks_for: tuple[str, ...] = Field(
        (), description="Types of credentials beside memberships that others are asked for: terms can be about them."
    )
    shows: tuple[str, ...] = Field(
        (), description="Types of credentials beside our membership that any member may ask us for."
    )
    tls_certificate: Path | None = Field(None, description="PEM chain, when TLS ends here and not at a proxy.")
    tls_key: Path | None = Field(None, description="PEM key to the certificate.")
    ca_bundle: Path | None = Field(None, description="Additional trusted CAs for what we call, PEM.")
    outbound_proxy: str | None = Field(None, description="HTTP proxy for what we call.")
    key_passphrase_file: Path | None = Field(
        None, description="A file with the passphrase (or random bytes) that opens the private keys; keep it elsewhere."
    )
    key_passphrase: str | None = Field(
        None, repr=False, description="The same passphrase from the environment (MMD_KEY_PASSPHRASE); never in a file."
    )
    gaiax_certificate: Path | None = Field(
        None, description="PEM chain (RSA or P-256) of the key that signs Gaia-X credentials; it names our host."
    )
    gaiax_key: Path | None = Field(None, description="PEM key to that certificate.")
    gaiax_anchors: Path | None = Field(
        None, description="PEM certificates of the authorities that are believed in others' Gaia-X credentials."
    )
    disk_warning_megabytes: int = Field(
        2_000, ge=0, description="Below so much free room (MB) people are warned; it must be more than the floor."
    )
    disk_warning_days: int = Field(
        14,
        ge=0,
        le=365,
        description="Or when it lasts for so many days only, as it grows now; 0 does not look at that.",
    )
    disk_floor_megabytes: int = Field(
        200,
        ge=10,
        description="Below so much free room (MB) nothing new is taken; what is owed is signed, and contracts can be ended.",
    )
    uploads_limit: int = Field(5_000_000_000, ge=1, description="The largest file that can be published, in bytes.")
    catalog_page: int = Field(
        100, ge=1, le=1000, description="How many data sets a page of our catalog has, unless the asker names a number."
    )
    requests_per_second: int = Field(
        1000,
        ge=1,
        description="Protocol requests of one participant that are taken in a second (five times as many at once).",
    )
    strangers_per_second: int = Field(
        50, ge=1, description="Requests without a valid identity that are taken from one public address in a second."
    )
    trusted_proxies: tuple[str, ...] = Field(
        (), description="Addresses or networks of reverse proxies whose X-Forwarded-For is believed."
    )
    countersign_within_minutes: int = Field(1440, ge=1, description="How long a partner may take to countersign.")
    finalize_within_minutes: int = Field(1440, ge=1, description="How long a partner may take to finalize.")
    witnesses: Literal["counterparty", "counterparty-and-authority", "nobody"] = Field(
        "counterparty", description="Who must have cosigned our log before data flows under a contract."
    )
    authority_cosigns_within_minutes: int = Field(
        1440, ge=1, description="How long the authority may take to cosign our log before a contract says it is late."
    )
    compare_logs: bool = Field(
        True,
        description="Whether partners who hold a checkpoint of somebody's log are shown the one that we hold of it.",
    )
    answer_within_hours: int = Field(
        336, ge=1, description="How long a negotiation waits for our people; then it is ended, and both sides are told."
    )
    status_lists_max_age_minutes: int = Field(
        1440,
        ge=5,
        description="How long a list of revoked memberships goes on when its authority cannot be reached; then nobody is"
        " believed who depends on it.",
    )
    anchors_valid_days: int = Field(
        30, ge=1, le=365, description="As an authority: how long a published list of trust anchors counts at most."
    )
    anchors_offline_hours: int = Field(
        168,
        ge=1,
        le=2160,
        description="As an authority: how long members go on with the list of trust anchors while they cannot reach us.",
    )
    keys_published_ahead_minutes: int = Field(
        5,
        ge=0,
        description="How long a new token key stands in the DID document before it is used: others keep such documents.",
    )
    transcript_days: int = Field(
        30, ge=0, description="For how many days transcripts of messages are kept; 0 keeps none."
    )
    transcript_megabytes: int = Field(
        256, ge=0, description="How much room transcripts take at most, in MB; 0 keeps none."
    )
    remind_days_before: int = Field(
        7, ge=0, le=365, description="How many days before a duty of a contract is due people are first reminded of it."
    )
    overdue: Literal["show", "block"] = Field(
        "show",
        description="What a duty of the consumer that is overdue does: it is shown, or blocks further use until it is done.",
    )
    keep_days: tuple[str, ...] = Field(
        (),
        description="How long kinds of records are kept, KIND=DAYS or KIND=never, where not as `mmd retention` shows it.",
    )
    repeats_kept_days: int = Field(
        30,
        ge=1,
        description="How long after its end the answers to a process's messages are kept for repeats of them.",
    )
    bearer_token_minutes: int = Field(
        15,
        ge=5,
        description="How long a bearer token for data counts (between our own connectors tokens are bound to a key); a"
        " running transfer gets a new one before.",
    )
    streams_per_participant: int = Field(64, ge=1, description="How many streams of data one partner may have open.")
    streams: int = Field(2_000, ge=1, description="How many streams of data may be open in all.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Everything is merged by `load_settings`, which also knows where each value came from."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def laboratory(self) -> bool:
        """Whether http and loopback are allowed."""
        return self.profile == "laboratory"

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The trusted proxies as networks.

        Raises:
            ValueError: one of them is neither an address nor a network.
        """
        return tuple(ip_network(proxy, strict=False) for proxy in self.trusted_proxies)

    @property
    def management_url(self) -> str:
        """Where the management API is, for programs on this machine."""
        host = "127.0.0.1" if self.management_host in ("0.0.0.0", "::") else self.management_host  # noqa: S104
        return f"http://{host}:{self.management_port}"

    @property
    def keeping(self) -> Keeping:
        """For how long each kind of record is kept.

        Raises:
            ValueError: a kind that there is not, or less than the least.
        """
        own = {kind.id: int(getattr(self, kind.by)) for kind in KINDS.values() if kind.by}
        return read_keep_days(self.keep_days, own)

    def describe(self) -> list[dict[str, Any]]:
        """Every setting: name, value, source, meaning. Secrets show only whether they are set."""
        sources = _SOURCES.get(id(self), {})
        shown = []
        for name, field in type(self).model_fields.items():
            if name == "directory":
                continue
            value = getattr(self, name)
            if name in _SECRET and value is not None:
                value = "(set)"
            plain = list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Path) else value
            entry = {"name": name, "value": plain, "source": sources.get(name, "default"), "meaning": field.description}
            shown.append(entry)
        return shown


_SOURCES: dict[int, dict[str, str]] = {}


def load_settings(directory: Path, overrides: Mapping[str, str] | None = None) -> Settings:
    """The settings of a folder.

    Raises:
        SettingsError: there is no settings file, or a value cannot be used.
    """
    file = directory / FILE
    try:
        from_file = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"there is no connector in {directory} (no {FILE}); make one with `mmd init`") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from None
    known = set(Settings.model_fields) - {"directory"}
    from_environment = {
        name: _from_text(os.environ[_PREFIX + name.upper()], name)
        for name in known
        if _PREFIX + name.upper() in os.environ
    }
    from_flags = {name: _from_text(value, name) for name, value in (overrides or {}).items()}
    merged: dict[str, Any] = {"directory": directory}
    sources: dict[str, str] = {}
    for where, values in ((FILE, from_file), ("environment", from_environment), ("flag", from_flags)):
        for name, value in values.items():
            merged[name] = value
            sources[name] = where
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        raise SettingsError(f"the setting {name} ({sources.get(name, 'missing')}): {first['msg']}") from None
    if sources.get("key_passphrase") == FILE:
        raise SettingsError(
            f"key_passphrase does not belong into {FILE}, beside the keys that it opens: use key_passphrase_file"
        )
    _check(settings)
    _SOURCES[id(settings)] = sources
    return settings


def write_settings(directory: Path, values: Mapping[str, Any]) -> None:
    """Write a new settings file."""
    lines = ["# Settings of this connector; `mmd doctor` shows them all with their meaning.", ""]
    for name, value in values.items():
        if isinstance(value, bool):
            text = "true" if value else "false"
        elif isinstance(value, int):
            text = str(value)
        elif isinstance(value, list | tuple):
            text = "[" + ", ".join(_quoted(item) for item in value) + "]"
        else:
            text = _quoted(str(value))
        lines.append(f"{name} = {text}")
    (directory / FILE).write_text("\n".join(lines) + "\n", "utf-8")


def change_setting(directory: Path, name: str, value: str | None) -> None:
    """Write one setting into the folder's file anew, or take it out; every other line stays as it is.

    Raises:
        SettingsError: the file cannot be read.
    """
    file = directory / FILE
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from None
    kept = [line for line in lines if line.partition("=")[0].strip() != name]
    if value is not None:
        kept.append(f"{name} = {_quoted(value)}")
    replacement = file.with_suffix(".new")
    replacement.write_text("\n".join(kept) + "\n", "utf-8")
    replacement.replace(file)


def _check(settings: Settings) -> None:
    if settings.public_url.startswith("http:") and not settings.laboratory:
        raise SettingsError("public_url is http: outside the laboratory profile only https is spoken")
    if settings.disk_warning_megabytes < settings.disk_floor_megabytes:
        raise SettingsError("disk_warning_megabytes is less than disk_floor_megabytes: the warning would come too late")
    if (settings.gaiax_certificate is None) != (settings.gaiax_key is None):
        raise SettingsError("gaiax_certificate and gaiax_key belong together")
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise SettingsError("tls_certificate and tls_key belong together")
    for name, read in (("trusted_proxies", lambda: settings.proxies), ("keep_days", lambda: settings.keeping)):
        try:
            read()
        except ValueError as error:
            raise SettingsError(f"{name}: {error}") from None


def _from_text(value: str, name: str) -> Any:
    if name in ("authorities", "trusted_proxies", "asks_for", "shows", "keep_days"):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
