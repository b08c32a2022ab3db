"""`mmd verify`: judge an evidence file offline, with nothing but the file and a key that the auditor trusts."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from typer import Argument, Option

from connector.cli.delivery import check_target, whole_file
from connector.cli.failures import CommandError
from connector.cli.session import Session
from connector.cli.trust_files import UNJUDGED, trust_from
from connector.clock import SystemClock, format_time, parse_time

if TYPE_CHECKING:
    from connector.contracts.verdict import Verdict

_MARKS: Final = {
    "ok": ("✓", "green"),
    "failed": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "skipped": ("–", "dim"),
}
_MOST_JOBS: Final = 64
_LARGE: Final = 4 * 1024 * 1024
"""A bundle of so many bytes holds some two hundred contracts."""
_COLOURS: Final = {0: "bold green", 1: "bold red", 2: "bold yellow"}


def command(
    session: Session,
    file: Annotated[Path, Argument(metavar="FILE", help="cli.verify.file")],
    trust: Annotated[str | None, Option("--trust", metavar="FILE|KEY", help="cli.verify.trust")] = None,
    at: Annotated[str | None, Option("--at", metavar="TIME", help="cli.verify.at")] = None,
    html: Annotated[Path | None, Option("--html", metavar="REPORT", help="cli.verify.html")] = None,
    jobs: Annotated[int | None, Option("--jobs", metavar="N", min=1, max=_MOST_JOBS, help="cli.verify.jobs")] = None,
) -> int | None:
    from concurrent.futures.process import BrokenProcessPool

    from connector.contracts.bundle_check import is_bundle, verify_bundle
    from connector.contracts.evidence import verify_evidence

    try:
        now = parse_time(at) if at else SystemClock().now()
    except ValueError:
        raise session.usage("not_a_time", option="--at", text=at) from None
    if html is not None:
        check_target(session, html)
    if not file.is_file():
        raise CommandError(session.say("error.no_file", path=file), exit_code=UNJUDGED)
    anchors = trust_from(session, trust) if trust else None
    with file.open("rb") as evidence:
        if is_bundle(evidence):
            told, jobs = partial(_tell, session), jobs or _jobs_for(file)
            try:
                verdict = verify_bundle(evidence, trust=anchors, now=now, told=told, jobs=jobs)
            except BrokenProcessPool as error:
                raise CommandError(session.say("error.job_ended", problem=error), exit_code=UNJUDGED) from None
        else:
            verdict = verify_evidence(evidence, trust=anchors, now=now)
    session.screen.result({"file": str(file), "judgedAt": format_time(now), **verdict.to_json(session.lang)})
    _show(session, verdict)
    if html is not None:
        _write(session, verdict, file, html, format_time(now))
    return verdict.exit_code


def _jobs_for(bundle: Path) -> int:
    """As many processes as there are processors for a large bundle; a small one is judged before they have begun."""
    return min(os.cpu_count() or 1, _MOST_JOBS) if bundle.stat().st_size >= _LARGE else 1


def _tell(session: Session, number: int, count: int, agreement: str, verdict: "Verdict") -> None:
    """One contract of a bundle: its outcome, and what is wrong with it."""
    facts = {"number": f"{number:,}", "count": f"{count:,}", "agreement": agreement}
    sentence = session.say("verify.contract", summary=verdict.summary(session.lang), **facts)
    session.screen.line(sentence, "dim" if verdict.exit_code == 0 else _COLOURS[verdict.exit_code])
    for check in verdict.failed:
        session.screen.line(f"      ✗ {check.number:>2}  {check.title(session.lang)}: {check.sentence(session.lang)}")


def _write(session: Session, verdict: "Verdict", judged: Path, path: Path, at: str) -> None:
    from connector.contracts.report import as_report

    with whole_file(path) as page:
        page.write(as_report(verdict, name=judged.name, judged_at=at, lang=session.lang).encode("utf-8"))


def _show(session: Session, verdict: "Verdict") -> None:
    for check in verdict.checks:
        mark, colour = _MARKS[check.verdict]
        session.screen.line(f"{mark} {check.number:>2}  {check.title(session.lang)}", colour)
        sentence = check.sentence(session.lang)
        if sentence:
            where = f"  [{check.file}]" if check.file else ""
            session.screen.line(f"      {sentence}{where}", "dim" if check.verdict in {"ok", "skipped"} else None)
    session.screen.line()
    session.screen.line(verdict.summary(session.lang), _COLOURS[verdict.exit_code])
