"""From a verb (a function with a `Session`) to a command of typer, in one language.

A verb names the *keys* of its help texts; here they become sentences, and the global options are added, so that they may
stand before the verb or after it.
"""

import copy
import inspect
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_origin

import typer

from connector.texts import say

Verb = Callable[..., int | None]
"""Takes a `Session` and its options; returns the exit code, None meaning 0."""

_GLOBAL: Final[Mapping[str, tuple[Any, Any]]] = {
    "dir_": (Path | None, lambda text: typer.Option("--dir", metavar="DIR", help=text)),
    "url": (str | None, lambda text: typer.Option("--url", metavar="URL", help=text)),
    "token": (str | None, lambda text: typer.Option("--token", metavar="TOKEN", help=text)),
    "as_json": (bool | None, lambda text: typer.Option("--json", help=text)),
    "lang": (str | None, lambda text: typer.Option("--lang", metavar="ko|en", help=text)),
}
GLOBAL_OPTIONS: Final = ("--dir", "--url", "--token", "--json", "--lang", "--help")
GLOBAL_WITH_VALUE: Final = ("--dir", "--url", "--token", "--lang")


@dataclass
class Run:
    """What one command line has said so far.

    Attributes:
        given: the global options that were named; the later (nearer to the verb) wins.
        verb: what is to be done once the whole line has been understood.
    """

    given: dict[str, Any] = field(default_factory=dict)
    verb: Callable[[Any], int | None] | None = None

    def note(self, values: dict[str, Any]) -> None:
        """Take the global options out of these values."""
        for name in _GLOBAL:
            value = values.pop(name, None)
            if value is not None:
                self.given[name] = value


def bind(verb: Verb, run: Run, lang: str) -> Callable[..., None]:
    """The function that typer turns into a command: it only notes what was asked for."""
    parameters = [_translated(item, lang) for item in list(inspect.signature(verb).parameters.values())[1:]]
    own = {item.name for item in parameters}

    def command(**values: Any) -> None:
        run.note(values)
        run.verb = lambda session: verb(session, **{name: values[name] for name in own})

    return _with_signature(command, [*parameters, *_global_parameters(lang)])


def bind_group(run: Run, lang: str) -> Callable[..., None]:
    """The callback of a group of verbs: the global options before the verb."""

    def group(**values: Any) -> None:
        run.note(values)

    return _with_signature(group, _global_parameters(lang))


def bind_root(run: Run, lang: str, version: Callable[[bool | None], None]) -> Callable[..., None]:
    """The same for the whole, with `--version`, which needs no verb."""
    root = bind_group(run, lang)
    option = typer.Option("--version", help=say("cli.option.version", lang), callback=version, is_eager=True)
    version_ = inspect.Parameter(
        "version_", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_annotated(bool | None, option)
    )
    return _with_signature(root, [*_global_parameters(lang), version_])


def _global_parameters(lang: str) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=_annotated(kind, make(say(f"cli.option.{name.strip('_')}", lang))),
        )
        for name, (kind, make) in _GLOBAL.items()
    ]


def _translated(parameter: inspect.Parameter, lang: str) -> inspect.Parameter:
    if get_origin(parameter.annotation) is not Annotated:
        raise TypeError(f"the option {parameter.name} does not say what it is for")
    kind, info = get_args(parameter.annotation)
    info = copy.copy(info)
    info.help = say(info.help, lang)
    return parameter.replace(annotation=_annotated(kind, info), kind=inspect.Parameter.KEYWORD_ONLY)


def _annotated(kind: Any, info: Any) -> Any:
    return operator.getitem(Annotated, (kind, info))


def _with_signature(function: Callable[..., None], parameters: list[inspect.Parameter]) -> Callable[..., None]:
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__annotations__ = {item.name: item.annotation for item in parameters}
    return function
