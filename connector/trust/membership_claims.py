"""What an authority says of a member beyond its keys: where it has its seat, to which group it belongs, and more.

Terms of a contract can be about it (`spatial`, `affiliateOf`, `claim/NAME`); it is believed as the membership is.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from connector.trust.errors import CredentialInvalid

Says: TypeAlias = Mapping[str, str | Sequence[str]]
"""Claims by their names in our vocabulary."""

MMD: Final = "https://w3id.org/my-manufacturing-data/v1/"
COUNTRY: Final = "country"
"""ISO 3166-1 alpha-2 code of the seat, or an ISO 3166-2 code."""
AFFILIATE_OF: Final = "affiliateOf"
"""The DIDs of the heads of the groups that it belongs to."""
BINDING: Final = ("memberOf", "name", "contractKey", "logKey", "logOrigin")
"""What binds the member's keys; nobody says that by the way."""
MAX_CLAIMS: Final = 32
_MAX_TEXT: Final = 300
_MAX_VALUES: Final = 32
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)


def written_claims(says: Says) -> dict[str, Any]:
    """The claims as they stand in a credential's subject, by full names.

    Raises:
        CredentialInvalid: a name that no claim has, one that binds keys, or a value that it cannot have.
    """
    if len(says) > MAX_CLAIMS:
        raise CredentialInvalid(f"a membership says at most {MAX_CLAIMS} things beyond the keys")
    return {MMD + name: _checked(name, value) for name, value in says.items()}


def vouched(claims: Mapping[str, Any]) -> dict[str, str | Sequence[str]]:
    """What a membership says beyond the keys, by short names: a renewed one says the same."""
    beyond = {name.removeprefix(MMD): value for name, value in claims.items() if name.startswith(MMD)}
    return {name: value for name, value in beyond.items() if name not in BINDING}


def _checked(name: str, value: str | Sequence[str]) -> str | list[str]:
    if _NAME.fullmatch(name) is None or name in BINDING:
        raise CredentialInvalid(
            f"{name[:80]!r} is no name for a claim: a letter, then letters, digits, '.', '_' and '-'"
        )
    values = [value] if isinstance(value, str) else list(value)
    if not values or len(values) > _MAX_VALUES or not all(_is_text(text) for text in values):
        raise CredentialInvalid(f"the claim {name} is a text of 1 to {_MAX_TEXT} characters, or a short list of them")
    if name == COUNTRY and (not isinstance(value, str) or _COUNTRY.fullmatch(value) is None):
        raise CredentialInvalid("the country is an ISO 3166 code in capitals, for example KR or KR-26")
    if name == AFFILIATE_OF:
        if not all(text.startswith("did:") for text in values):
            raise CredentialInvalid("affiliateOf names the heads of groups by their DIDs")
        return values
    return value if isinstance(value, str) else values


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_TEXT and value.isprintable()
