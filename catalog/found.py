"""What the machine found in a file, without asking anybody."""

from dataclasses import dataclass
from typing import Any

from catalog.errors import CardError
from catalog.profile.result import TableProfile
from catalog.reading import Reader


@dataclass(frozen=True, slots=True)
class FoundFacts:
    """What was found in a file without asking anybody.

    Attributes:
        file_name: its name, without a folder.
        byte_size: its size in bytes.
        digest: `sha256:` and 64 hexadecimal digits over exactly these bytes.
        media_type: `text/csv` or the one of XLSX.
        encoding: `utf-8`, `utf-8-sig`, `cp949`, `utf-16`; None for a spreadsheet.
        delimiter: the character between fields; None for a spreadsheet.
        sheet: the sheet that was read; None for CSV.
        profile: the facts about the table.
    """

    file_name: str
    byte_size: int
    digest: str
    media_type: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    profile: TableProfile

    def to_json(self) -> dict[str, Any]:
        """Keys in camelCase; what does not apply is left out."""
        found = {
            "fileName": self.file_name,
            "byteSize": self.byte_size,
            "digest": self.digest,
            "mediaType": self.media_type,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheet": self.sheet,
            "profile": self.profile.to_json(),
        }
        return {key: value for key, value in found.items() if value is not None}

    @classmethod
    def from_json(cls, data: Any, where: str = "$") -> "FoundFacts":
        """Read `to_json` back.

        Raises:
            CardError: another shape.
            ProfileError: the profile inside has another shape.
        """
        read = Reader(data, where, CardError)
        return cls(
            file_name=read.text("fileName"),
            byte_size=read.count("byteSize"),
            digest=read.text("digest"),
            media_type=read.text("mediaType"),
            encoding=read.text_or_none("encoding"),
            delimiter=read.text_or_none("delimiter"),
            sheet=read.text_or_none("sheet"),
            profile=TableProfile.from_json(read.value("profile"), f"{where}.profile"),
        )
