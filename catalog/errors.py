"""What can go wrong in this room.

CatalogRoomError            anything below; `.where` and `.sentence`
  CatalogFormatError        a peer's Catalog or Dataset has a shape that cannot be read
  FilterError               a CatalogRequestMessage.filter that we do not understand (HTTP 400, never ignored)
  ProfileError              a stored profile cannot be read, or a batch does not fit its columns
  CardError                 the answers of a data card cannot be read, or are not enough to publish
"""


class CatalogRoomError(ValueError):
    """One sentence about what is wrong, and where (a JSON path such as `$.dataset[0]`)."""

    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(f"{where}: {sentence}")
        self.where = where
        self.sentence = sentence


class CatalogFormatError(CatalogRoomError):
    """A Catalog, Dataset, Distribution or DataService that cannot be read or written."""


class FilterError(CatalogRoomError):
    """A filter that is not understood. Ignoring it would show more than was asked for."""


class ProfileError(CatalogRoomError):
    """A profile that cannot be read, or rows that do not fit the columns they are said to have."""


class CardError(CatalogRoomError):
    """Answers that cannot be read, or that do not suffice to publish."""
