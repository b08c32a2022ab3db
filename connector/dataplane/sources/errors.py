"""What can be wrong with a file.

SourceError    it cannot be read as a table; `.code` says why in a word, `.line` where, `.sentence(lang)` what to do
"""

from connector.dataplane.sources.sentences import say


class SourceError(ValueError):
    """A file that cannot be read as a table.

    Args:
        code: a key of `sentences.SENTENCES`.
        facts: what fills the blanks of its sentence.

    Attributes:
        code: the same.
        facts: the same; counts are whole numbers.
        line: the line of the file, counted from 1, or None when the file as a whole is meant.
    """

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(say(code, "en", facts))
        self.code = code
        self.facts = facts
        line = facts.get("line")
        self.line = line if isinstance(line, int) else None

    def __reduce__(self) -> tuple[object, ...]:
        # Large files are looked at in another process: the error must come back whole.
        return _again, (self.code, self.facts)

    def sentence(self, lang: str) -> str:
        """What is wrong, where, and what to do, in `ko` or `en`."""
        return say(self.code, lang, self.facts)


def _again(code: str, facts: dict[str, str | int]) -> SourceError:
    return SourceError(code, **facts)
