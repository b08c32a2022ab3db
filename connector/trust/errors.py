"""What can be wrong with a key, a signature, a token or a credential.

::

    TrustError
    ├── EncodingInvalid        a text that is no base64url or multibase
    ├── KeyInvalid             a key that is malformed, of another kind, or unsafe
    ├── SignatureInvalid       the signature was not made by this key over these bytes
    ├── CertificateInvalid     a certificate chain that cannot be read or believed
    ├── SealBroken             a secret at rest that cannot be sealed or opened
    ├── AgeInvalid             an encrypted file that cannot be opened
    ├── TokenInvalid           a JWS or JWT that is malformed, or whose claims do not hold (`step`)
    ├── ProofInvalid           a Data Integrity proof that does not hold
    ├── DidError               a DID or DID document that cannot be used
    ├── CredentialInvalid      a Verifiable Credential or membership request that does not hold
    │   └── CredentialRevoked  its issuer has revoked or suspended it
    ├── StatusInvalid          a status list that does not hold, or does not answer the question
    │   └── StatusUnsigned     it is plain JSON (`document`)
    ├── PresentationInvalid    a Verifiable Presentation that does not hold
    │   └── PresentationRefused    the holder's Credential Service gives none
    ├── MessageInvalid         a DCP message that is malformed (HTTP 400)
    │   └── NotSupported       well-formed, but not offered here (HTTP 501)
    ├── TrustFileInvalid       a trust file that cannot be read
    ├── AnchorsInvalid         an authority's list of trust anchors that does not hold
    ├── AnchorsLapsed          that list counts no more, and there is no newer one (HTTP 503)
    └── NotAuthenticated       the sender of a request could not be authenticated (`step`, `sentence`)

Every sentence is written for the log of the person who runs the connector; it never holds a key, a token or a whole
document of the other side. A stranger is told only that he is not authenticated.
"""

from typing import Final

_SHOWN: Final = 80


def shown(value: object) -> str:
    """A foreign value, shortened so that it may stand in a sentence."""
    text = value if isinstance(value, str) else f"a {type(value).__name__}"
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


class TrustError(Exception):
    """Something about keys, signatures, identities or credentials does not hold."""


class EncodingInvalid(TrustError):
    """A text is not the base64url or multibase that it should be."""


class KeyInvalid(TrustError):
    """A key is malformed, of a kind that we do not use, or unsafe."""


class SignatureInvalid(TrustError):
    """The signature was not made by this key over these bytes."""


class CertificateInvalid(TrustError):
    """A certificate chain cannot be read, or does not stand for who used it."""


class SealBroken(TrustError):
    """A secret cannot be sealed, or what was sealed cannot be opened."""


class AgeInvalid(TrustError):
    """A file in the format age cannot be opened: another passphrase, changed, or cut off."""


class TokenInvalid(TrustError):
    """A token is malformed or one of its claims does not hold.

    Attributes:
        step: which check failed: `form`, `signature`, or the step of the standard's list.
    """

    def __init__(self, sentence: str, *, step: str = "form") -> None:
        super().__init__(sentence)
        self.step = step


class ProofInvalid(TrustError):
    """A Data Integrity proof does not hold."""


class DidError(TrustError):
    """A DID, a DID document, or what is looked for in it, cannot be used."""


class CredentialInvalid(TrustError):
    """A Verifiable Credential, or a request for one, does not hold."""


class CredentialRevoked(CredentialInvalid):
    """Its issuer has revoked or suspended it.

    Attributes:
        purpose: `revocation` or `suspension`.
    """

    def __init__(self, sentence: str, *, purpose: str) -> None:
        super().__init__(sentence)
        self.purpose = purpose


class StatusInvalid(TrustError):
    """A status list does not hold, or does not answer the question."""


class StatusUnsigned(StatusInvalid):
    """A status list is plain JSON.

    Attributes:
        document: the list as it was found.
    """

    def __init__(self, sentence: str, *, document: str) -> None:
        super().__init__(sentence)
        self.document = document


class PresentationInvalid(TrustError):
    """A Verifiable Presentation does not hold."""


class PresentationRefused(PresentationInvalid):
    """The holder's own Credential Service refuses to show what the holder's token promises."""


class MessageInvalid(TrustError):
    """A DCP message is malformed."""


class NotSupported(MessageInvalid):
    """A DCP message asks for something that the standard leaves optional and that is not offered here."""


class TrustFileInvalid(TrustError):
    """A trust file cannot be read."""


class AnchorsInvalid(TrustError):
    """An authority's list of trust anchors does not hold."""


class AnchorsLapsed(TrustError):
    """The list of trust anchors that would say whether an issuer is believed counts no more, and no newer one is held."""


class NotAuthenticated(TrustError):
    """The sender of a request could not be authenticated.

    Attributes:
        step: which step failed, in the words of `connector.trust.verify.authenticate`.
        sentence: why.
    """

    def __init__(self, step: str, sentence: str) -> None:
        super().__init__(f"{step}: {sentence}")
        self.step = step
        self.sentence = sentence
