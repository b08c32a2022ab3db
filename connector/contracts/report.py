"""A verdict as one HTML page for a file or a printer: each check with its reason, what it proves and what it does not."""

from html import escape
from typing import Final

from connector.contracts.verdict import Check, Verdict
from connector.contracts.visible import visible
from connector.texts import say

_STYLE: Final = """
body { font: 16px/1.6 "Noto Sans KR", "Malgun Gothic", "Apple SD Gothic Neo", sans-serif; color: #1a1a1a;
       max-width: 52rem; margin: 2rem auto; padding: 0 1rem; word-break: keep-all; overflow-wrap: anywhere; }
.summary { border-left: 6px solid; padding: .6rem 1rem; font-size: 1.15rem; }
.verified { border-color: #1b6e3c; background: #eaf6ee; } .false { border-color: #a11; background: #fdeaea; }
.undetermined { border-color: #c77700; background: #fff4d6; }
table { width: 100%; border-collapse: collapse; } tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid #e3e3e3; }
.mark { font-weight: 700; white-space: nowrap; } .ok { color: #1b6e3c; } .failed { color: #a11; }
.unknown { color: #c77700; } .skipped { color: #777; } .meaning { color: #555; font-size: .85rem; }
"""
_FACTS: Final = (
    "agreement",
    "provider",
    "providerName",
    "consumer",
    "consumerName",
    "authority",
    "dataset",
    "signed",
    "exporter",
    "time",
)


def as_report(verdict: Verdict, *, name: str, judged_at: str, lang: str) -> str:
    """The page, UTF-8, without scripts and without anything that is loaded from elsewhere.

    Args:
        verdict: what was found.
        name: of the file that was judged.
        judged_at: the moment of the judgement.
        lang: "ko" or "en".
    """
    title = escape(say("verdict.report.title", lang))
    facts = "".join(
        f'<tr><th scope="row">{escape(say(f"verdict.report.{fact}", lang))}</th><td>{_shown(verdict.facts[fact])}</td></tr>'
        for fact in _FACTS
        if verdict.facts.get(fact)
    )
    judged = _shown(say("verdict.report.judged", lang, file=name, time=judged_at))
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f'<p class="summary {verdict.outcome}">{_shown(verdict.summary(lang))}</p>\n<p>{judged}</p>\n'
        f"<table>{facts}</table>\n<h2>{escape(say('verdict.report.checks', lang))}</h2>\n<table>\n"
        + "\n".join(_row(check, lang) for check in verdict.checks)
        + "\n</table>\n</body>\n</html>\n"
    )


def _row(check: Check, lang: str) -> str:
    where = f" [{_shown(check.file)}]" if check.file else ""
    meaning = "<br>".join(
        f"{escape(say(f'verdict.word.{key}', lang))}: {escape(say(f'verdict.{key}.{check.id}', lang))}"
        for key in ("proves", "proves_not")
    )
    word = escape(say(f"verdict.word.{check.verdict}", lang))
    return (
        f'<tr><td>{check.number}</td><td class="mark {check.verdict}">{word}</td><td>{escape(check.title(lang))}'
        f'<br>{_shown(check.sentence(lang))}{where}<div class="meaning">{meaning}</div></td></tr>'
    )


def _shown(text: str) -> str:
    return escape(visible(text))
