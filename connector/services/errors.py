"""What can go wrong when something is asked of a service; `web.problems` translates each to HTTP, once.

* `ServiceError`
    * `NotFound`: it does not exist, or not for this caller: a stranger learns nothing.
    * `Unauthenticated`: the caller did not prove who it is.
    * `Forbidden`: known, and refused by a clause or rule; the sentence names it.
    * `BadRequest`: cannot be taken as it stands.
    * `Conflict`: not in the present state of things.
    * `Unprocessable`: understood, but something is missing or unknown; `more` says what.
    * `Busy`: try again.
    * `TooMany`: slower; `more` says after how many seconds (`retryAfter`).
"""

from typing import Self

from connector.canonical import JsonObject
from connector.texts import say


class ServiceError(Exception):
    """Base; the text is a sentence for a person. `more` holds machine-readable detail."""

    def __init__(self, sentence: str, **more: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.more: JsonObject = dict(more)

    @classmethod
    def told(cls, key: str, /, **values: object) -> Self:
        """With the text `refused.<key>` for our people: `detail` in English, `ko` beside it in Korean.

        What goes to other connectors (`reason`) stays English: the language of its reader is not known.
        """
        return cls(say(f"refused.{key}", "en", **values), ko=say(f"refused.{key}", "ko", **values))


class NotFound(ServiceError):
    """There is no such thing, for this caller."""


class Unauthenticated(ServiceError):
    """No valid identity."""


class Forbidden(ServiceError):
    """Refused by a clause or rule."""


class BadRequest(ServiceError):
    """Cannot be taken as it stands."""


class Conflict(ServiceError):
    """Not possible in the present state."""


class Unprocessable(ServiceError):
    """Understood, but incomplete or unknown in part."""


class Busy(ServiceError):
    """Not now; try again."""


class TooMany(ServiceError):
    """More than one caller may ask in this time."""
