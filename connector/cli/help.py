"""The help page, in the language of the run, wrapped by what characters take on the screen (Korean ones take two)."""

import shutil
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

from connector.cli.binding import GLOBAL_OPTIONS
from connector.texts import say

CHAPTERS: Final = {
    "own": (
        "init",
        "serve",
        "doctor",
        "token",
        "keys",
        "rotate-key",
        "backup",
        "restore",
        "reconcile",
        "db",
        "log",
        "transcript",
        "replay",
    ),
    "offer": (
        "publish",
        "clauses",
        "offer",
        "withdraw",
        "consent",
        "paid",
        "metering",
        "explain",
        "peers",
        "join",
        "membership",
        "leave",
    ),
    "govern": ("authority", "members", "revoke", "anchors"),
    "use": ("search", "show", "negotiate", "fetch", "transfers", "contracts"),
    "decide": ("inbox", "approve", "refuse", "counter", "rules"),
    "keep": ("duties", "suspend", "resume", "delete", "people", "retention"),
    "prove": ("contract", "evidence", "verify", "audit-log", "gaiax"),
    "look": ("demo",),
}
"""The order in which the verbs are told to someone new."""
_MAX_WIDTH: Final = 110
_MAX_NAME: Final = 30


def commands_in(lang: str) -> tuple[type[TyperCommand], type[TyperGroup]]:
    """The classes whose help page speaks this language."""

    class Command(TyperCommand):
        def format_help(self, ctx: Any, formatter: Any) -> None:
            formatter.write(_command_page(self, ctx, lang))

    class Group(TyperGroup):
        def format_help(self, ctx: Any, formatter: Any) -> None:
            formatter.write(_group_page(self, ctx, lang))

    return Command, Group


def _command_page(command: Any, ctx: Any, lang: str) -> str:
    arguments = [item for item in command.params if item.param_type_name == "argument"]
    options = [item for item in command.params if item.param_type_name == "option"]
    own = [item for item in options if item.opts[0] not in GLOBAL_OPTIONS]
    usage = " ".join([ctx.command_path, *(_argument_usage(item) for item in arguments), say("cli.help.options", lang)])
    lines = [usage, "", *_paragraphs(command.help or "")]
    lines += _chapter(say("cli.help.arguments", lang), [(_argument_name(item), item.help or "") for item in arguments])
    lines += _chapter(say("cli.help.own_options", lang), [_option_row(item, lang) for item in own])
    return "\n".join([*lines, *_global_chapter(options, lang)]) + "\n"


def _group_page(group: Any, ctx: Any, lang: str) -> str:
    names = group.list_commands(ctx)
    lines = [f"{ctx.command_path} {say('cli.help.verb', lang)} {say('cli.help.options', lang)}", ""]
    lines += _paragraphs(group.help or "")
    if ctx.parent is None:
        for chapter, verbs in CHAPTERS.items():
            rows = [(name, _short(group.get_command(ctx, name))) for name in verbs if name in names]
            lines += _chapter(say(f"cli.help.chapter_{chapter}", lang), rows)
    else:
        rows = [(name, _short(group.get_command(ctx, name))) for name in names]
        lines += _chapter(say("cli.help.verbs", lang), rows)
    return "\n".join([*lines, *_global_chapter(group.params, lang)]) + "\n"


def _global_chapter(params: Sequence[Any], lang: str) -> list[str]:
    shown = [item for item in params if item.param_type_name == "option" and item.opts[0] in GLOBAL_OPTIONS]
    extra = [item for item in params if item.param_type_name == "option" and item.opts[0] == "--version"]
    rows = [_option_row(item, lang) for item in [*shown, *extra] if item.opts[0] != "--help"]
    rows.append(("--help", say("cli.option.help", lang)))
    return _chapter(say("cli.help.global_options", lang), rows)


def _short(command: Any) -> str:
    return (command.help or "").split("\n", 1)[0]


def _argument_name(item: Any) -> str:
    return str(item.metavar or item.name.upper())


def _argument_usage(item: Any) -> str:
    name = _argument_name(item) + ("..." if item.nargs != 1 else "")
    return name if item.required else f"[{name}]"


def _option_row(item: Any, lang: str) -> tuple[str, str]:
    names = ", ".join([*item.opts, *item.secondary_opts])
    value = "" if item.is_flag else f" {item.metavar or (item.name or '').upper()}"
    notes = [say("cli.help.required", lang)] if item.required else []
    notes += [say("cli.help.repeatable", lang)] if item.multiple else []
    return names + value, " ".join([item.help or "", *notes])


def _chapter(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    width = min(_MAX_NAME, max(_width(name) for name, _ in rows))
    lines = [title]
    for name, text in rows:
        wrapped = _wrap(text, _screen_width() - width - 4) or [""]
        if _width(name) > width:
            lines += [f"  {name}"]
        else:
            lines += [f"  {name}{' ' * (width - _width(name))}  {wrapped.pop(0)}".rstrip()]
        lines += [" " * (width + 4) + line for line in wrapped]
    return [*lines, ""]


def _paragraphs(text: str) -> list[str]:
    """The first line tells; further lines are wrapped too; a line that begins with blanks (an example) is left alone."""
    lines: list[str] = []
    for line in text.strip("\n").split("\n"):
        lines += [line] if line.startswith(" ") else _wrap(line, _screen_width()) or [""]
    return [*lines, ""]


def _screen_width() -> int:
    return min(_MAX_WIDTH, shutil.get_terminal_size((_MAX_WIDTH, 24)).columns)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and _width(lines[-1]) + 1 + _width(word) <= max(width, 20):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
