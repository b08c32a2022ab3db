"""The command as a whole: finds the verb, loads only its module, turns every failure into one sentence."""

import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import typer

from connector.cli.binding import GLOBAL_WITH_VALUE, Run, Verb, bind, bind_group, bind_root
from connector.cli.failures import CommandError, of_the_machine, of_the_usage, one_line, stopped
from connector.cli.help import CHAPTERS, commands_in
from connector.cli.language import choose_language
from connector.texts import LANGUAGES, say

VERBS: Final = tuple(verb for verbs in CHAPTERS.values() for verb in verbs)
INTERRUPTED: Final = 130
"""The exit code of a command that was ended with Ctrl-C, as shells count it."""


def run(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Do what the command line says; returns the exit code and never raises."""
    _print_what_cannot_be_printed()
    lang = choose_language(argv, environ)
    as_json = "--json" in argv
    try:
        return _run(argv, environ, lang)
    except CommandError as error:
        _complain(error, as_json=as_json, lang=lang)
        return error.exit_code
    except EOFError:
        _complain(CommandError(say("cli.error.no_input", lang)), as_json=as_json, lang=lang)
        return 1
    except KeyboardInterrupt:
        _complain(CommandError(say("cli.error.interrupted", lang)), as_json=as_json, lang=lang)
        return INTERRUPTED
    except BrokenPipeError:  # the reader (`| head`) has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        _complain(of_the_machine(error, lang), as_json=as_json, lang=lang)
        return 1
    except Exception as error:
        if environ.get("MMD_DEBUG"):
            raise
        _complain(_unexpected(error, lang), as_json=as_json, lang=lang)
        return 1


def _run(argv: Sequence[str], environ: Mapping[str, str], lang: str) -> int:
    now = Run()
    word = _first_word(argv)
    if word is not None and word not in VERBS:
        raise CommandError(say("cli.usage.no_such_verb", lang, verb=word, command="mmd"), exit_code=2)
    app = _application(now, lang, word)
    command = typer.main.get_command(app)
    try:
        command.main(args=list(argv) or ["--help"], prog_name="mmd", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        raise of_the_usage(error, lang) from None
    if now.verb is None:  # --help, --version
        return 0
    return now.verb(_session(now.given, environ, lang)) or 0


def _session(given: Mapping[str, Any], environ: Mapping[str, str], lang: str) -> Any:
    from pathlib import Path

    from connector.cli.session import Session

    if given.get("lang", lang) not in LANGUAGES:
        raise CommandError(say("cli.error.lang", lang, wanted=given["lang"]), exit_code=2)
    folder = given.get("dir_") or environ.get("MMD_DIR")
    return Session(
        given_directory=Path(folder).expanduser() if folder else None,
        given_url=given.get("url") or environ.get("MMD_URL"),
        given_token=given.get("token") or environ.get("MMD_TOKEN"),
        as_json=bool(given.get("as_json")),
        lang=lang,
        environ=environ,
    )


def _application(now: Run, lang: str, wanted: str | None) -> typer.Typer:
    """The whole tree of commands; only the verb that is wanted has its module behind it."""
    command_class, group_class = commands_in(lang)

    def group(name: str | None, text: str) -> typer.Typer:
        return typer.Typer(name=name, help=text, cls=group_class, add_completion=False, rich_markup_mode=None)

    def add(to: typer.Typer, name: str, key: str, verb: Verb) -> None:
        to.command(name, cls=command_class, help=say(f"cli.help.{key}", lang))(bind(verb, now, lang))

    app = group(None, say("cli.help.mmd", lang))
    app.callback()(bind_root(now, lang, _show_version))
    for name in VERBS:
        if name != wanted:
            app.command(name, cls=command_class, help=say(f"cli.help.{name}", lang))(_not_loaded)
            continue
        module = importlib.import_module(f"connector.cli.{name.replace('-', '_')}")
        if hasattr(module, "VERBS"):
            below = group(name, say(f"cli.help.{name}", lang))
            below.callback()(bind_group(now, lang))
            for part, verb in module.VERBS.items():
                add(below, part, f"{name}_{part}", verb)
            app.add_typer(below, name=name)
        else:
            add(app, name, name, module.command)
    return app


def _unexpected(error: Exception, lang: str) -> CommandError:
    if type(error).__module__.startswith("connector."):  # our own errors are sentences that say what to do
        return CommandError(stopped(one_line(error)))
    detail = f"{type(error).__name__}: {one_line(error)}"
    return CommandError(say("cli.error.unexpected", lang, detail=detail))


def _first_word(argv: Sequence[str]) -> str | None:
    """The first word that is neither an option nor the value of a global option."""
    words = iter(argv)
    for word in words:
        if word in GLOBAL_WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return None


def _not_loaded() -> None:
    raise AssertionError("the verb was not recognised before parsing")


def _show_version(wished: bool | None) -> None:
    if not wished:
        return
    from importlib.metadata import version

    print(f"mmd {version('my-manufacturing-data-connector')}")
    raise typer.Exit(0)


def _complain(error: CommandError, *, as_json: bool, lang: str) -> None:
    if as_json:
        print(json.dumps({"error": error.sentence, **error.facts}, ensure_ascii=False), file=sys.stderr)
        return
    from connector.cli.screen import clean

    red, plain = ("\x1b[31m", "\x1b[0m") if sys.stderr.isatty() and not os.environ.get("NO_COLOR") else ("", "")
    print(f"{red}{say('cli.error.label', lang)}{plain} {clean(error.sentence)}", file=sys.stderr)


def _print_what_cannot_be_printed() -> None:
    """A terminal that has no ✓ shows a question mark; it must not end the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
