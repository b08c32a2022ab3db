"""The clauses as people were shown them: named in P and C by the digest of their text, in Korean and English.

Each side names what its own connector makes of the terms. The text is a function of the terms and of our sentences alone, so
that whoever has the same sentences makes it again: the other side before it signs, an auditor years later (checks 29 and 32).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import policies.texts
from connector.canonical import digest, digest_bytes, parse_json
from connector.contracts.agreement import terms_bytes
from connector.contracts.errors import ContractError
from connector.contracts.shape import Members
from connector.contracts.visible import visible
from connector.texts import LANGUAGES, say, texts
from policies.errors import PolicyError
from policies.explain import explain_policy
from policies.parse import parse_policy

TERMS_FORMAT: Final = "mmd-terms/1"
Lang: TypeAlias = Literal["ko", "en"]
SHOWN_IN: Final[tuple[Lang, ...]] = ("ko", "en")
_MOST_KEPT: Final = 256
_KEPT_UP_TO: Final = 64 * 1024
"""The largest terms that are remembered, in bytes, and the longest texts of them, in characters: few terms can be long texts."""
_KEPT: Final[dict[bytes, Mapping[Lang, str]]] = {}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a signed document says of the text that its author was shown.

    Attributes:
        format: how the text is laid out.
        words: the digest of all sentences that it is made with.
        texts: its digest, by language.
    """

    format: str
    words: str
    texts: Mapping[Lang, str]

    def to_json(self) -> dict[str, Any]:
        """As it stands in P and C."""
        return {"format": self.format, "words": self.words, "texts": dict(self.texts)}

    @property
    def can_be_made(self) -> bool:
        """Whether we have the sentences that it was made with."""
        return (self.format, self.words) == (TERMS_FORMAT, words_digest())


@lru_cache
def words_digest() -> str:
    """The digest of all words that documents and clauses are made with, in both languages."""
    own = {lang: {key: text for key, text in texts(lang).items() if key.startswith("document.")} for lang in LANGUAGES}
    return digest({"document": own, "policies": {lang: dict(policies.texts.TABLES[lang]) for lang in SHOWN_IN}})


def terms_texts(agreement: Mapping[str, Any]) -> Mapping[Lang, str]:
    """The clauses of an offer or agreement as text, by language; what cannot be put into clauses is said to be so.

    Raises:
        ContractError: it has no canonical form.
    """
    return _texts(terms_bytes(agreement))


def shown_of(agreement: Mapping[str, Any]) -> Shown:
    """What our side names when it signs this agreement.

    Raises:
        ContractError: it has no canonical form.
    """
    terms = terms_bytes(agreement)
    return (_shown_kept if len(terms) <= _KEPT_UP_TO else _shown)(terms, words_digest())


def digest_of_text(text: str) -> str:
    """`sha256:…` of a text, as `sha256sum` counts it over the file (UTF-8)."""
    return digest_bytes(text.encode("utf-8"))


def read_shown(members: Members | None) -> Shown | None:
    """Read what P or C says of it; None where its author was shown nothing that is digested.

    Raises:
        ContractError: a member is missing or of the wrong kind.
    """
    if members is None:
        return None
    named = members.object("texts")
    return Shown(members.text("format"), members.digest("words"), {lang: named.digest(lang) for lang in SHOWN_IN})


def check_shown(shown: Shown | None, agreement: Mapping[str, Any], document: str) -> bool:
    """Whether the text that a document names comes of its terms; False where we lack the sentences to say so.

    Raises:
        ContractError: it is another text.
    """
    if shown is None or not shown.can_be_made:
        return False
    for lang, made in shown_of(agreement).texts.items():
        if shown.texts[lang] != made:
            raise ContractError("shown-differs", document=document, lang=lang, found=shown.texts[lang], expected=made)
    return True


def shown_digests(*signed: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The digests of the clauses as text that these documents, P and C, name; nothing of what cannot be read."""
    found: dict[str, None] = {}
    for document in signed:
        subject = (document or {}).get("credentialSubject")
        shown = subject.get("shown") if isinstance(subject, Mapping) else None
        texts = shown.get("texts") if isinstance(shown, Mapping) else None
        for value in texts.values() if isinstance(texts, Mapping) else ():
            if isinstance(value, str):
                found[value] = None
    return tuple(found)


def _shown(terms: bytes, words: str) -> Shown:
    made = _texts(terms)
    return Shown(TERMS_FORMAT, words, MappingProxyType({lang: digest_of_text(made[lang]) for lang in SHOWN_IN}))


_shown_kept: Final = lru_cache(maxsize=_MOST_KEPT)(_shown)


def _texts(terms: bytes) -> Mapping[Lang, str]:
    # Many agreements are made on the terms of one offer.
    found = _KEPT.get(terms)
    if found is None:
        made = {lang: _text(parse_json(terms, max_bytes=len(terms) + 1), lang) for lang in SHOWN_IN}
        found = MappingProxyType(made)
        if len(terms) + sum(map(len, made.values())) <= _KEPT_UP_TO:
            if len(_KEPT) >= _MOST_KEPT:
                _KEPT.clear()
            _KEPT[terms] = found
    return found


def _text(terms: dict[str, Any], lang: Lang) -> str:
    try:
        clauses = explain_policy(parse_policy(terms), lang)
    except PolicyError as error:
        return say("document.no_clauses", lang, problem=visible(str(error))) + "\n"
    if not clauses:
        return say("document.without_clauses", lang) + "\n"
    return "".join(
        f"{number}. [{clause.enforcer}] {visible(clause.text)}\n{visible(clause.enforcer_text)}\n"
        for number, clause in enumerate(clauses, 1)
    )
