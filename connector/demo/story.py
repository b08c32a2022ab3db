"""The demo as a whole: the chapters in their order, and the end of every process whatever happens."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from connector.demo import audit, contract, forgery, opening, refusals, tampering
from connector.demo.actors import Actor, Actors, last_lines
from connector.demo.errors import DemoError
from connector.demo.folder import EVIDENCE, REPORT, ROLES, TRUST, Folder, open_folder
from connector.demo.ports import Ports
from connector.demo.processes import Processes
from connector.demo.report import Report
from connector.demo.screen import Screen
from connector.demo.signals import as_interrupts, deaf
from connector.demo.stage import Stage
from connector.demo.tap import Tap
from connector.texts import say

_LEFT: Final = (REPORT, EVIDENCE, TRUST, f"received/{contract.FILE}", "logs/")


def run(directory: Path, *, lang: str, as_json: bool, keep: bool) -> int:
    """Play the small data space in a folder.

    Args:
        directory: where everything is left; made, or emptied when an earlier demo made it.
        lang: "en" or "ko".
        as_json: print the report and nothing else.
        keep: leave the four connectors running at the end, and print their addresses.

    Returns:
        The exit code: 0 when every step came out as expected, else 1.

    Raises:
        DemoError: the folder cannot be used.
        KeyboardInterrupt: somebody ended it; every child has ended.
    """
    began = time.monotonic()
    screen, report = Screen(silent=as_json), Report()
    with as_interrupts(), open_folder(directory, lang) as folder:
        processes = Processes(folder.descriptor)
        try:
            with _stage(folder, lang, screen, report, processes) as stage:
                _play(stage)
                if keep:
                    _keep(stage)
        except Exception as error:  # noqa: BLE001 - whatever it was: say it, with the logs, and end everything
            screen.trouble(_trouble(folder, lang, error))
        finally:
            with deaf():
                processes.end()
                report.write(folder / REPORT)
        _end(screen, report, folder, lang, time.monotonic() - began)
    if as_json:
        print(report.text(), end="")
    return 0 if report.ok else 1


def _play(stage: Stage) -> None:
    """The eight chapters; the outsider forges at home meanwhile."""
    stage.screen.heading(stage.say("heading"), [stage.say("about"), stage.say("laboratory")])
    cast = forgery.make_up(stage)
    with ThreadPoolExecutor(max_workers=1) as home:
        try:
            opening.identities(stage)
            forged = home.submit(forgery.forge, stage, cast)
            opening.publish(stage)
            opening.offer(stage)
            agreed = contract.negotiate(stage)
            contract.deliver(stage, agreed)
            refusals.refusals(stage, agreed)
            audit.audit(stage, agreed, forged.result)
            tampering.tamper(stage)
            stage.report.complete = True
        except BaseException:
            with deaf():
                stage.processes.end()  # so that the work at home ends as well
            raise


def _keep(stage: Stage) -> None:
    """Start the four again, without the tap on the line, and leave them to themselves."""
    with stage.screen.waiting(stage.say("waiting.start")):
        stage.processes.together([partial(stage.actors.serve, actor) for actor in stage.everybody])
    pids = [stage.actors.pid(actor) for actor in stage.everybody]
    stage.folder.note(pids)
    stage.processes.leave()
    lines = []
    for actor, pid in zip(stage.everybody, pids, strict=True):
        shown = {"role": actor.role, "publicUrl": actor.url, "managementUrl": actor.management_url, "pid": pid}
        stage.report.running.append({**shown, "did": actor.did, "directory": str(actor.directory)})
        lines.append(stage.say("kept.one", who=stage.role(actor.role), url=actor.url, management=actor.management_url))
    lines.append(stage.say("kept.try", directory=stage.consumer.directory))
    lines.append(stage.say("kept.end", processes=" ".join(str(pid) for pid in pids)))
    stage.screen.end(stage.say("kept.heading"), lines, ok=True)


@contextmanager
def _stage(folder: Folder, lang: str, screen: Screen, report: Report, processes: Processes) -> Iterator[Stage]:
    ports = Ports()

    def actor(role: str, authority: str | None) -> Actor:
        name, log = say(f"demo.name.{role}", lang), folder / "logs" / f"{role}.log"
        return Actor(role, name, folder / role, log, ports.take(), ports.take(), authority)

    authority = actor("authority", None)
    provider, consumer, outsider = (actor(role, authority.did) for role in ROLES[1:])
    tap = Tap(ports.take(), [other.port for other in (authority, provider, consumer, outsider)])
    try:
        yield Stage(
            folder=folder,
            lang=lang,
            screen=screen,
            report=report,
            processes=processes,
            actors=Actors(processes, lang),
            ports=ports,
            authority=authority,
            provider=provider,
            consumer=consumer,
            outsider=outsider,
            tap=tap,
        )
    finally:
        tap.close()
        ports.close()


def _end(screen: Screen, report: Report, folder: Folder, lang: str, seconds: float) -> None:
    good = sum(step.ok for step in report.steps)
    key = "demo.end.good" if report.ok else "demo.end.bad"
    text = say(key, lang, good=good, count=len(report.steps), seconds=f"{seconds:.0f}")
    left = [name for name in _LEFT if (folder / name).exists()]
    screen.end(text, [say("demo.end.left", lang, directory=folder.path, files=", ".join(left))], ok=report.ok)


def _trouble(folder: Folder, lang: str, error: Exception) -> str:
    """What went wrong, and the end of every log."""
    said = str(error) if isinstance(error, DemoError) else f"{type(error).__name__}: {error}"
    logs = "\n".join(last_lines(log) for log in sorted((folder / "logs").glob("*.log")))
    return say("demo.error.stopped", lang, error=said) + "\n" + logs
