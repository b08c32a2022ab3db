"""Check 32 of an evidence file: the clauses as each side was shown them, whose digests P and C name."""

from connector.canonical import digest_bytes
from connector.contracts import layout
from connector.contracts.case import Case, NotApplicable, need
from connector.contracts.errors import ContractError
from connector.contracts.finding import Finding
from connector.contracts.shown import SHOWN_IN, Shown


def check_shown_texts(case: Case) -> Finding:
    """32. The clauses as text are those that P and C name; made with the same sentences, both sides were shown the same."""
    need(case.credential, layout.signature_file("P"))
    named = {digest: name for name, shown in shown_in(case).items() for digest in shown.texts.values()}
    listed = case.manifest.object("files").data
    for path in sorted({*case.files, *listed}):
        if path.startswith(layout.SHOWN) and layout.digest_in(path) not in named:
            raise ContractError("shown-not-named", file=path).about(path)
    left = [digest for digest, name in named.items() if _is_left_out(case, digest, name)]
    _check_alike(case)
    if not named:
        raise NotApplicable("shown-nothing")
    if left:
        there = len(named) - len(left)
        raise NotApplicable("shown-left-out", count=len(left), there=there, digests=", ".join(left))
    return Finding("shown-holds", {"count": str(len(named))})


def shown_in(case: Case) -> dict[str, Shown]:
    """What P and C say of the text that their authors were shown, by the document's name."""
    documents = (case.credential, case.countersignature)
    return {found.name: found.shown for found in documents if found is not None and found.shown is not None}


def _is_left_out(case: Case, digest: str, name: str) -> bool:
    path = layout.shown_file(digest)
    data = case.files.get(path)
    if data is None:
        if layout.is_absent(path, case.manifest.object("files").data.get(path)):
            return True
        raise ContractError("shown-missing", document=name, digest=digest).about(layout.signature_file(name))
    if digest_bytes(data) != digest:
        raise ContractError("annex-differs", file=path, found=digest_bytes(data), expected=digest).about(path)
    return False


def _check_alike(case: Case) -> None:
    shown = list(shown_in(case).values())
    same_words = len({(one.format, one.words) for one in shown}) == 1
    for lang in SHOWN_IN:
        if same_words and len({one.texts[lang] for one in shown}) > 1:
            raise ContractError("shown-two-texts", lang=lang)
