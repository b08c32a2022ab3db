"""The stage: everything that the chapters of the demo share."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector.demo.actors import Actor, Actors
from connector.demo.errors import DemoError
from connector.demo.folder import Folder
from connector.demo.ports import Ports
from connector.demo.processes import Processes
from connector.demo.report import Report, Step
from connector.demo.screen import Screen
from connector.demo.tap import Tap
from connector.texts import say


@dataclass
class Seen:
    """What a step has come to, filled in by whoever takes it."""

    ok: bool = False
    observed: str = ""
    seconds: float | None = None
    """How long it took, where the work was done elsewhere."""

    def saw(self, ok: object, observed: str) -> None:
        """The result: whether it is what was expected, and what it is."""
        self.ok = bool(ok)
        self.observed = observed


@dataclass
class Stage:
    """What the chapters share.

    Attributes:
        authority, provider, consumer, outsider: the participants.
        tap: the listener on the consumer's line.
        notes: what one chapter leaves for a later one, by name.
    """

    folder: Folder
    lang: str
    screen: Screen
    report: Report
    processes: Processes
    actors: Actors
    ports: Ports
    authority: Actor
    provider: Actor
    consumer: Actor
    outsider: Actor
    tap: Tap
    notes: dict[str, Any] = field(default_factory=dict)
    _chapter: int = 0

    @property
    def everybody(self) -> tuple[Actor, ...]:
        """All participants."""
        return (self.authority, self.provider, self.consumer, self.outsider)

    def say(self, key: str, /, **values: object) -> str:
        """The text `demo.<key>`."""
        return say(f"demo.{key}", self.lang, **values)

    def chapter(self, number: int) -> None:
        """Begin a chapter."""
        self._chapter = number
        self.screen.chapter(number, self.say(f"chapter.{number}"))

    def says(self, role: str, key: str, /, **values: object) -> None:
        """Someone says or does what the text `demo.<key>` tells."""
        self.screen.says(role, self.role(role), self.say(key, **values))

    def types(self, actor: Actor | None, *words: str) -> None:
        """Show a command that somebody types; paths below the folder are shown from there."""
        role = actor.role if actor else "auditor"
        shown = " ".join(_quoted(word.replace(f"{self.folder.path}{os.sep}", "")) for word in words)
        self.screen.command(role, self.role(role), shown)

    def role(self, role: str) -> str:
        """What a role is called."""
        return self.say(f"role.{role}")

    @contextmanager
    def step(
        self, name: str, *, title: str | None = None, expected: str | None = None, **values: object
    ) -> Iterator[Seen]:
        """One step: what the block sees is compared with what was expected, shown and reported.

        An error in the block is reported as what was observed, and goes on its way.

        Args:
            name: with the chapter's number before it, the step's id.
            title: what is tried; else the text `demo.step.<name>`.
            expected: what should come of it; else the text `demo.expected.<name>`.
            values: for the blanks of these texts.
        """
        began = time.monotonic()
        seen = Seen()
        try:
            yield seen
        except KeyboardInterrupt:
            seen.saw(False, self.say("interrupted"))
            raise
        except Exception as error:
            kind = "" if isinstance(error, DemoError) else f"{type(error).__name__}: "
            seen.saw(False, kind + str(error).partition("\n")[0])
            raise
        finally:
            step = Step(
                id=f"{self._chapter}.{name}",
                title=title or self.say(f"step.{name}", **values),
                expected=expected or self.say(f"expected.{name}", **values),
                observed=seen.observed,
                ok=seen.ok,
                seconds=round(time.monotonic() - began if seen.seconds is None else seen.seconds, 3),
            )
            self.report.steps.append(step)
            mark = "✓" if step.ok else "✗"
            text = step.observed if step.ok else self.say("unexpected", seen=step.observed, expected=step.expected)
            self.screen.outcome(mark, text, step.seconds, ok=step.ok)

    def path(self, *names: str) -> Path:
        """A place in the demo's folder."""
        return self.folder.path.joinpath(*names)


def short(identifier: str) -> str:
    """As much of an identifier as a person types: a unique beginning is enough for `mmd`."""
    return identifier.removeprefix("urn:uuid:")[:8]


def _quoted(word: str) -> str:
    return f'"{word}"' if any(character.isspace() for character in word) else word
