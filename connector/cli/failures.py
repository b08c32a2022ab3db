"""What goes wrong, said in one sentence that also says what to do."""

from collections.abc import Mapping
from typing import Any

from connector.texts import say


class CommandError(Exception):
    """The command cannot be done.

    Attributes:
        sentence: what is wrong and what to do, in the language of this run.
        exit_code: 1 refused or failed, 2 wrong usage.
        facts: further members for `--json`.
    """

    def __init__(self, sentence: str, *, exit_code: int = 1, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = exit_code
        self.facts = dict(facts or {})


def of_the_connector(error: Any, lang: str, *, url: str, directory: str) -> CommandError:
    """Turn a `connector.client.ClientError` into a sentence."""
    own = error.problem.get("ko") if lang == "ko" else None
    detail = str(own or error.detail or error.title).strip()
    facts = {**error.problem, "status": error.status, "title": error.title, "detail": error.detail}
    match error.status:
        case 0:
            sentence = say("cli.error.not_running", lang, url=url, directory=directory, detail=detail)
        case 401:
            sentence = say("cli.error.token", lang, url=url, directory=directory)
        case 403:
            sentence = say("cli.error.role", lang, detail=stopped(detail))
        case 502 | 503 | 507:  # the other side, or the disk: the connector itself is well and says what it is
            sentence = stopped(detail)
        case status if status >= 500:  # noqa: PLR2004 - HTTP: the server's own fault
            sentence = say("cli.error.server", lang, status=status, detail=stopped(detail))
        case _:
            sentence = stopped(_in(lang, error.problem.get("conflicts")) or detail)
    return CommandError(sentence, facts=facts)


def of_the_machine(error: OSError, lang: str) -> CommandError:
    """A file or a disk that does not do what it should."""
    name = str(error.filename or "")
    reason = error.strerror or type(error).__name__
    key = {
        FileNotFoundError: "cli.error.no_file",
        PermissionError: "cli.error.no_permission",
        IsADirectoryError: "cli.error.is_directory",
    }.get(type(error), "cli.error.os" if name else "cli.error.os_nameless")
    return CommandError(say(key, lang, path=name, reason=reason))


def of_the_usage(error: Any, lang: str) -> CommandError:
    """A command line that cannot be read: what typer raises, by the names that click gave these errors long ago."""
    kind = type(error).__name__
    message = str(error.format_message())
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "mmd"
    if kind == "NoSuchOption":
        near = ", ".join(sorted(getattr(error, "possibilities", None) or ()))
        key = "cli.usage.no_such_option_near" if near else "cli.usage.no_such_option"
        sentence = say(key, lang, option=error.option_name, command=command, near=near)
    elif kind == "MissingParameter" and getattr(error, "param", None) is not None:
        parameter = error.param
        name = parameter.opts[0] if parameter.param_type_name == "option" else (parameter.metavar or parameter.name)
        sentence = say("cli.usage.missing", lang, name=name, command=command)
    elif kind == "BadParameter":
        parameter = getattr(error, "param", None)
        name = parameter.opts[0] if parameter is not None else ""
        sentence = say("cli.usage.bad_value", lang, name=name, detail=stopped(error.message), command=command)
    elif message.startswith("No such command"):
        sentence = say("cli.usage.no_such_verb", lang, verb=message.split("'")[1], command=command)
    elif message == "Missing command.":
        sentence = say("cli.usage.missing", lang, name=say("cli.help.verb", lang), command=command)
    else:
        sentence = say("cli.usage.other", lang, detail=stopped(message), command=command)
    return CommandError(sentence, exit_code=2)


def one_line(error: Exception) -> str:
    """What an error says, on one line and not too long."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "; ".join(lines)[:400] or type(error).__name__


def _in(lang: str, sentences: Any) -> str:
    """Sentences that the connector gave in both languages, where it did."""
    if not isinstance(sentences, list):
        return ""
    return " ".join(str(item.get(lang) or "") for item in sentences if isinstance(item, dict)).strip()


def stopped(sentence: str) -> str:
    """The sentence with a full stop, so that another may follow."""
    return sentence if sentence.endswith((".", "!", "?", "…", "。")) else sentence + "."
