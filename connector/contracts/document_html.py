"""The contract document as one HTML page: no script, nothing loaded from anywhere, made for reading and printing."""

from html import escape
from typing import Final

from connector.contracts.document import Block, ClauseBlock, Document, Heading, Paragraph, Verbatim
from connector.texts import say

_STYLE: Final = """
body { font: 16px/1.6 "Noto Sans KR", "Malgun Gothic", "Apple SD Gothic Neo", sans-serif; color: #1a1a1a;
       max-width: 46rem; margin: 2rem auto; padding: 0 1rem; word-break: keep-all; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; border-bottom: 3px solid #1f4e79; padding-bottom: .4rem; }
h2 { font-size: 1.15rem; color: #1f4e79; margin-top: 2rem; break-after: avoid; }
table { width: 100%; border-collapse: collapse; margin: .6rem 0 1.2rem; break-inside: avoid; }
th { text-align: left; font-weight: 600; width: 13rem; color: #444; }
th, td { vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #e3e3e3; }
td, pre { unicode-bidi: isolate; }
.loud { background: #fff4d6; border-left: 4px solid #c77700; padding: .5rem .8rem; }
.clause { display: grid; grid-template-columns: 2.2rem 2.4rem 1fr; margin: .6rem 0; break-inside: avoid; }
.class { font-weight: 700; text-align: center; border-radius: .3rem; width: 1.6rem; height: 1.6rem; color: #fff; }
.E { background: #1b6e3c; } .C { background: #1f4e79; } .P { background: #8a5a00; }
.kept { color: #555; font-size: .9rem; }
pre { white-space: pre-wrap; background: #f6f6f6; padding: .8rem; font-size: .8rem; }
footer { margin-top: 2rem; color: #555; font-size: .85rem; border-top: 1px solid #ccc; }
"""


def as_html(document: Document, text_digest: str) -> str:
    """The page, UTF-8; `text_digest` is that of the same document as text, printed at its end."""
    body = "\n".join(_html(block, document.lang) for block in document.blocks)
    title = escape(document.title)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="{document.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}\n"
        f"<footer>{escape(say('document.footer', document.lang, digest=text_digest))}</footer>\n</body>\n</html>\n"
    )


def _html(block: Block, lang: str) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(block.text)}</h2>"
    if isinstance(block, Paragraph):
        return f'<p class="loud">{escape(block.text)}</p>' if block.loud else f"<p>{escape(block.text)}</p>"
    if isinstance(block, Verbatim):
        return f"<pre>{escape(block.text)}</pre>"
    if isinstance(block, ClauseBlock):
        kept = f"{say(f'document.class_{block.enforcer}', lang)}: {block.kept}"
        return (
            f'<div class="clause"><div>{block.number}.</div><div class="class {block.enforcer}">{block.enforcer}</div>'
            f'<div>{escape(block.text)}<div class="kept">{escape(kept)}</div></div></div>'
        )
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>' for label, value in block.rows
    )
    return f"<table>{rows}</table>"
