"""A notice as a signed document: the frame is read here, the content by `protocol.notices`."""

from dataclasses import dataclass

from connector.contracts.documents import SignedDocument, read_frame
from connector.contracts.errors import ContractError
from connector.contracts.vocabulary import NOTICE
from connector.protocol.notices import NOTICE_FORMAT, Notice, NoticeError, read_notice


@dataclass(frozen=True)
class NoticeDocument(SignedDocument):
    """A signed notice and what it says."""

    notice: Notice


def read_notice_document(document: object, name: str = "notice") -> NoticeDocument:
    """Read a signed notice, its signature unchecked.

    Raises:
        UnknownFormat: a format version that we do not know.
        ContractError: a member is missing or of the wrong kind.
    """
    frame, _ = read_frame(document, name, NOTICE, NOTICE_FORMAT)
    try:
        return NoticeDocument(**frame, notice=read_notice(frame["document"]))
    except NoticeError as error:
        raise ContractError("notice-shape", document=name, problem=error) from None
