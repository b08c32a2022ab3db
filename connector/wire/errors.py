"""What can be wrong with bytes: `DecodeError`, and nothing else leaves this room."""


class DecodeError(ValueError):
    """The bytes are not the message that is expected; the sentence says which property, and what was expected."""
