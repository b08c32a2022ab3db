"""What can be wrong with a signed contract or one of its parts.

    ContractError      code, facts, sentence
    └── UnknownFormat  a version of a document that we cannot read: neither true nor false

The codes are the keys `verdict.reason.<code>` of `connector.texts`, so that a peer, a clerk and an auditor read the same
sentence about the same fault.
"""

from typing import Final

from connector.texts import say

MAX_FACT: Final = 400
"""How much of a value, that may be anybody's, stands in a sentence, in characters."""


class ContractError(Exception):
    """A signed document breaks a rule. `code` names the rule, `facts` fill the blanks of its sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = {name: str(value)[:MAX_FACT] for name, value in facts.items()}
        self.file: str | None = None

    def about(self, path: str) -> "ContractError":
        """The same error, with the path of the evidence file's part that it was found in."""
        self.file = path
        return self

    @property
    def sentence(self) -> str:
        """What is wrong, in English; `connector.texts.say` gives other languages."""
        return say(f"verdict.reason.{self.code}", "en", **self.facts)

    def __str__(self) -> str:
        return self.sentence


class UnknownFormat(ContractError):
    """The document names a format version that this program does not know; a newer one may."""

    def __init__(self, document: str, found: object, known: str) -> None:
        super().__init__("format-unknown", document=document, found=repr(found)[:80], known=known)
