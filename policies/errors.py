"""What can be wrong with a policy.

PolicyError          the document is no policy, or a value in it cannot stand there
└── UnknownTerm      it is a policy, but says something that no registry here knows
"""

from typing import Final

MAX_SHOWN: Final = 80
"""How many characters of somebody else's text an error repeats."""


class PolicyError(ValueError):
    """A policy, or the wish for one, that cannot be used.

    Attributes:
        where: a JSON path into the document, for example `$.permission[0].constraint[2]`.
        sentence: what is wrong there and what to do.
    """

    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(f"{where}: {sentence}")
        self.where = where
        self.sentence = sentence


class UnknownTerm(PolicyError):
    """A term outside the registries of clauses, operands, operators, actions, profiles and types.

    Attributes:
        term: the term as it stands in the document (ODRL terms by their local name).
    """

    def __init__(self, where: str, term: str, sentence: str) -> None:
        super().__init__(where, sentence)
        self.term = term


def shown(text: object) -> str:
    """Somebody else's value, quoted and cut to a length that fits into a sentence."""
    written = text if isinstance(text, str) else f"{type(text).__name__}"
    return repr(written if len(written) <= MAX_SHOWN else written[:MAX_SHOWN] + "…")
