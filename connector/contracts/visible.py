"""Texts by others, shown for what they are: control, bidirectional, invisible and look-alike characters stand out.

A name may carry letters that look like others, turn the reading direction round, or are not seen at all. In a contract
each such character is written as its code point, `[U+202E]`; a word all in another script is followed by the script's
name. Korean, Chinese and Latin letters, digits and signs are left as they are.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_MARKED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs", "Mn", "Mc", "Me"})
"""Categories without a face of their own: controls, formats, surrogates, spaces other than the plain one, marks."""
_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters by category that are shown as nothing."""
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_HOME: Final = frozenset({"LATIN", "HANGUL", "CJK", "HIRAGANA", "KATAKANA"})
_DRESSED: Final = ("FULLWIDTH ", "MATHEMATICAL ", "CIRCLED LATIN", "HALFWIDTH HANGUL")
_WORD: Final = re.compile(r"\w+")
_ASCII_END: Final = 0x7F
_KEPT_UP_TO: Final = 2048
"""The longest text that is remembered, in characters: what others wrote may be as long as they like."""


def visible(text: str) -> str:
    """The text as it may be shown to somebody who must not be deceived by it; ASCII is never changed."""
    if text.isascii() and text.isprintable():
        return text
    return (_marked_kept if len(text) <= _KEPT_UP_TO else _marked)(text)


def _marked(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    marked = "".join(_mark(letter) for letter in _WORD.sub(_mark_word, composed))
    return marked if composed == text else f"{marked} [NFD]"


_marked_kept: Final = lru_cache(maxsize=2048)(_marked)


def code_point(letter: str) -> str:
    """A character by its number."""
    return f"[U+{ord(letter):04X}]"


def _mark(letter: str) -> str:
    if letter == " " or " " < letter < chr(_ASCII_END):
        return letter
    hidden = unicodedata.category(letter) in _MARKED or letter in _BLANK
    turned = unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT
    return code_point(letter) if hidden or turned else letter


def _mark_word(found: re.Match[str]) -> str:
    """Foreign letters: behind each one its number where a word mixes them with ours, else the script behind the word."""
    word = found.group()
    scripts = {letter: _script(letter) for letter in word}
    foreign = {script for script in scripts.values() if script not in _HOME and script}
    if not foreign:
        return word
    if {script for script in scripts.values() if script} & _HOME or len(foreign) > 1:
        return "".join(letter + (code_point(letter) if scripts[letter] in foreign else "") for letter in word)
    return f"{word} [{foreign.pop()}]"


def _script(letter: str) -> str:
    """The script of a letter or digit by its Unicode name; empty for what belongs to every script."""
    if letter.isascii():
        return "LATIN" if letter.isalpha() else ""
    name = unicodedata.name(letter, "")
    if name.startswith(_DRESSED):
        return "DRESSED"
    if unicodedata.category(letter) == "Nd":
        return "DIGIT"
    return name.split(" ", 1)[0] if letter.isalpha() else ""
