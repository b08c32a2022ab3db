"""What can be wrong with a message, whoever sent it.

* `ProtocolError`: the message cannot be taken; nothing has changed.
    * `MessageInvalid`: it is not a message of its type (a property is missing or of the wrong kind).
    * `IllegalTransition`: it is a message, but not now, or not from this side.
    * `WrongProcess`: its pids name another process than the one it was sent to.
    * `UnknownVersion`: it belongs to a version of the protocol that is not spoken here.
"""


class ProtocolError(Exception):
    """A message that cannot be taken; the text says why, for a person."""


class MessageInvalid(ProtocolError):
    """The body is not the message that it claims to be."""


class IllegalTransition(ProtocolError):
    """The table of the process has no such transition from its present state (HTTP binding: 400)."""


class WrongProcess(ProtocolError):
    """The pids in the body are not those of the process addressed."""


class UnknownVersion(ProtocolError):
    """A version of the protocol that we do not speak, or that cannot do what is asked."""
