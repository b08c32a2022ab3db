import string

import pytest

from connector.dataplane.sources.errors import SourceError
from connector.dataplane.sources.sentences import SENTENCES, say


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_with_the_same_blanks(code: str) -> None:
    texts = SENTENCES[code]
    blanks = [{name for _, name, _, _ in string.Formatter().parse(texts[lang]) if name} for lang in ("ko", "en")]
    assert blanks[0] == blanks[1]
    assert all(text.rstrip().endswith((".", "다")) for text in texts.values())


def test_another_language_gets_english() -> None:
    assert say("empty", "de", {}) == SENTENCES["empty"]["en"]


def test_an_error_knows_its_line() -> None:
    error = SourceError("nul", line=1234)
    assert (error.line, error.facts) == (1234, {"line": 1234})
    assert str(error).startswith("Line 1,234 holds")
