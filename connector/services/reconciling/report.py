"""How far the reconciling is, for people and programs."""

from dataclasses import dataclass, field

from connector.canonical import JsonObject
from connector.services.reconciling.adopting import Adopted


@dataclass(slots=True)
class Report:
    """How far it is.

    Attributes:
        doubt: what stands against signing, as a word; None when nothing does.
        problem: the same as a sentence.
        answered: who was asked and has answered.
        silent: who was asked and has not, and why.
        needed: of these, those without whom it does not go on, unless a person says so by name.
        known: the size of the largest checkpoint of the log that anybody holds; None when nobody holds one.
        size: how many entries are here.
        opened: the name of a log that was opened now.
        released: whether signing was released now.
        adopted: what was taken up of what we had forgotten.
        refused: what could not be taken up, and why.
        held: how many contracts nothing is delivered under until their other sides have been asked.
    """

    doubt: str | None = None
    problem: str | None = None
    answered: list[str] = field(default_factory=list)
    silent: dict[str, str] = field(default_factory=dict)
    needed: list[str] = field(default_factory=list)
    known: int | None = None
    size: int = 0
    opened: str | None = None
    released: bool = False
    adopted: list[Adopted] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    held: int = 0

    def to_json(self) -> JsonObject:
        """For programs."""
        return {
            "doubt": self.doubt,
            "problem": self.problem,
            "answered": list(self.answered),
            "silent": dict(self.silent),
            "needed": list(self.needed),
            "known": self.known,
            "size": self.size,
            "opened": self.opened,
            "released": self.released,
            "adopted": [
                {"contract": one.contract, "new": one.new, "notices": one.notices, "deliveries": one.deliveries}
                for one in self.adopted
            ],
            "refused": list(self.refused),
            "held": self.held,
        }
