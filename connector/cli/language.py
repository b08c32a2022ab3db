"""Which language to speak: `--lang`, else MMD_LANG, else the locale, else English."""

from collections.abc import Mapping, Sequence
from typing import Final

from connector.texts import LANGUAGES

_LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def choose_language(argv: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language for everything that is printed, help and usage errors too.

    It is needed before the options are parsed, so it is looked up in the plain words of the command line; a language
    that we do not speak is refused later, by the parser.
    """
    wished = [environ.get("MMD_LANG", "")]
    for position, word in enumerate(argv):
        if word == "--":
            break
        if word == "--lang" and position + 1 < len(argv):
            wished.insert(0, argv[position + 1])
        elif word.startswith("--lang="):
            wished.insert(0, word.removeprefix("--lang="))
    for wish in wished:
        if wish in LANGUAGES:
            return wish
    spoken = next((environ[name] for name in _LOCALE if environ.get(name)), "") or _of_system()
    return "ko" if spoken.lower().startswith("ko") else "en"


def _of_system() -> str:
    """Windows has no LANG: there the C library knows."""
    import locale

    try:
        return locale.getlocale()[0] or ""
    except ValueError:
        return ""
