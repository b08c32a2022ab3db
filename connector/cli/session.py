"""One run of the command: its global options, and the way to the connector that it speaks to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from connector.cli.failures import CommandError, of_the_connector, one_line
from connector.cli.screen import Screen
from connector.texts import say

if TYPE_CHECKING:  # httpx is loaded only by those who call
    from connector.client import ClientError, ManagementClient

SETTINGS_FILE: Final = "settings.toml"
OWNER_TOKEN: Final = Path("secrets") / "owner.token"
_ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 - read, not bound
"""A connector that listens on every address is reached on this machine."""


@dataclass(frozen=True)
class Session:
    """The global options of one run.

    Attributes:
        given_directory: the connector's folder as named by `--dir` or MMD_DIR, None when nobody named one.
        given_url: the management address of another connector (`--url`, MMD_URL).
        given_token: `--token` or MMD_TOKEN.
        as_json: results as one JSON document.
        lang: "en" or "ko".
        environ: the environment variables.
    """

    given_directory: Path | None = None
    given_url: str | None = None
    given_token: str | None = None
    as_json: bool = False
    lang: str = "en"
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def directory(self) -> Path:
        """The connector's folder; the present one when nobody named one."""
        return self.given_directory or Path()

    @property
    def shown_directory(self) -> str:
        """The folder as a person may type it."""
        return str(self.directory)

    @cached_property
    def screen(self) -> Screen:
        """Where this run prints."""
        return Screen(as_json=self.as_json)

    def say(self, key: str, /, **values: object) -> str:
        """The text `cli.<key>` in the language of this run."""
        return say(f"cli.{key}", self.lang, **values)

    def error(self, key: str, /, **values: object) -> CommandError:
        """The error whose sentence is the text `cli.error.<key>`."""
        return CommandError(self.say(f"error.{key}", **values))

    def usage(self, key: str, /, **values: object) -> CommandError:
        """The same for a command line that makes no sense: exit code 2."""
        return CommandError(self.say(f"error.{key}", **values), exit_code=2)

    def initialised(self) -> Path:
        """The connector's folder.

        Raises:
            CommandError: there is no connector in it.
        """
        if not (self.directory / SETTINGS_FILE).is_file():
            raise self.error("no_connector_here", directory=self.shown_directory)
        return self.directory

    def settings(self, overrides: Mapping[str, str] | None = None) -> Any:
        """The settings of the folder, with these instead of what its file and the environment say.

        Raises:
            CommandError: there is no connector in it, or a setting makes no sense.
        """
        directory = self.initialised()
        from connector.settings import load_settings

        try:
            return load_settings(directory, overrides or {})
        except ValueError as error:
            raise self.error("settings", directory=self.shown_directory, detail=one_line(error)) from None

    @cached_property
    def url(self) -> str:
        """The management address: `--url`, else what the settings of the folder say.

        Raises:
            CommandError: there is no connector in the folder.
        """
        if self.given_url:
            return self.given_url
        settings = self.settings()
        host = str(settings.management_host)
        host = _ANYWHERE.get(host, f"[{host}]" if ":" in host else host)
        return f"http://{host}:{settings.management_port}"

    @cached_property
    def token(self) -> str:
        """`--token`, else MMD_TOKEN, else the owner's token in the folder.

        Raises:
            CommandError: there is none, or it cannot be read.
        """
        if self.given_token:
            return self.given_token
        path = self.directory / OWNER_TOKEN
        if self.given_url and self.given_directory is None:
            raise self.error("no_token_for_url", url=self.given_url)
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError):
            raise self.error("no_token_file", path=path) from None

    @contextmanager
    def client(self) -> Iterator["ManagementClient"]:
        """The running connector; its refusals come out as `CommandError`."""
        from connector.client import ClientError, ManagementClient

        bundle = self.environ.get("MMD_CA_BUNDLE")
        try:
            with ManagementClient(
                self.url, self.token, Path(bundle).expanduser() if bundle else None, lang=self.lang
            ) as client:
                yield client
        except ClientError as error:
            raise self.refusal(error) from error

    def refusal(self, error: "ClientError") -> CommandError:
        """The sentence for what the connector said, or for its silence."""
        return of_the_connector(error, self.lang, url=self.url, directory=self.shown_directory)
