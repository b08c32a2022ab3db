"""Which document people were shown: its digest in the evidence file, and check 29, which makes it again and compares.

`document.json` names the format, the digest of the words that it is made with, and the digest of the text in each
language. The text itself need not be there: the same signed bytes give the same text.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from connector.contracts import layout
from connector.contracts.case import Case, NotApplicable, need
from connector.contracts.checks_shown import shown_in
from connector.contracts.document import DOCUMENT_FORMAT, contract_document, text_digest
from connector.contracts.document_text import as_text
from connector.contracts.errors import ContractError
from connector.contracts.finding import Finding
from connector.contracts.opening import open_case
from connector.contracts.shape import Members
from connector.contracts.shown import Lang, check_shown, words_digest

_LANGUAGES: Final[tuple[Lang, ...]] = ("ko", "en")


def make_rendering(files: Mapping[str, bytes]) -> dict[str, Any]:
    """`document.json` for an evidence file with these contents."""
    nothing = Members({"files": {}}, layout.MANIFEST)
    return rendering_of(open_case(files, nothing, trust=None, now=datetime.min.replace(tzinfo=UTC)))


def rendering_of(case: Case) -> dict[str, Any]:
    """What `document.json` says of an opened contract.

    Raises:
        NotApplicable: there is no agreement that could be shown.
    """
    texts = {lang: text_digest(as_text(contract_document(case, lang))) for lang in _LANGUAGES}
    return {"format": DOCUMENT_FORMAT, "words": words_digest(), "texts": texts}


def check_document(case: Case) -> Finding:
    """29. The document that people read, and the clauses as P and C say that they were shown, made again, have the digests named.

    With other words than ours (another release) they cannot be made again, and nothing is said.
    """
    if not case.sentences:
        raise NotApplicable("document-other-words")
    for name, shown in shown_in(case).items():
        try:
            check_shown(shown, need(case.agreement, layout.AGREEMENT), name)
        except ContractError as error:
            raise error.about(layout.signature_file(name)) from None
    if layout.DOCUMENT not in case.files:
        raise NotApplicable("no-document")
    stated = need(case.rendering, layout.DOCUMENT)
    if (stated.text("format"), stated.digest("words")) != (DOCUMENT_FORMAT, words_digest()):
        raise NotApplicable("document-other-words")
    found = rendering_of(case)["texts"]
    for lang in _LANGUAGES:
        if stated.object("texts").digest(lang) != found[lang]:
            raise ContractError("document-differs", lang=lang).about(layout.DOCUMENT)
    return Finding("document-holds", {"ko": found["ko"], "en": found["en"]})
