"""What can be wrong with a notice; `connector.protocol.notices` shows the tree."""


class NoticeError(Exception):
    """A notice cannot be taken into a chain. `code` is for programs, the message is a sentence for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class NoticeMalformed(NoticeError):
    """The document is no notice of a format that we know; the sentence names the member."""


class NoticeMismatch(NoticeError):
    """The notice belongs elsewhere, or says that it has seen a notice which does not exist."""


class NoticeGap(NoticeError):
    """Earlier notices of the same chain have not arrived: `missing` are their numbers."""

    def __init__(self, number: int, missing: tuple[int, ...]) -> None:
        named = f"{missing[0]}" if len(missing) == 1 else f"{missing[0]} to {missing[-1]}"
        super().__init__("gap", f"notice {number} came before notice {named} of the same author; fetch what is missing")
        self.missing = missing


class NoticeEquivocation(NoticeError):
    """One author, one number, two digests: `held` is in the chain, `other` is what now came. Keep both."""

    def __init__(self, number: int, held: str, other: str) -> None:
        super().__init__(
            "equivocation",
            f"the author gave number {number} to two different notices, {held} and {other}; both are kept as proof",
        )
        self.number = number
        self.held = held
        self.other = other


class AlreadyHeld(NoticeError):
    """This very notice is in the chain already, as number `number`."""

    def __init__(self, number: int) -> None:
        super().__init__("already-held", f"notice {number} is held already")
        self.number = number


def malformed(name: str, expected: str) -> NoticeMalformed:
    """That a member of a notice is not what it must be."""
    return NoticeMalformed(f"malformed:{name}", f"the notice's member {name!r} must be {expected}")
