"""What an owner reads when a file cannot be read as a table: what is wrong, where, and what to do. Korean and English."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "not-found": {
        "en": "There is no file here: {name}. Check the name.",
        "ko": "파일이 없습니다: {name}. 이름을 확인해 주세요.",
    },
    "empty": {
        "en": "The file is empty. Export it again, with a header row and at least one row of data.",
        "ko": "파일이 비어 있습니다. 머리글 행과 자료 행이 있도록 다시 내보내 주세요.",
    },
    "no-rows": {
        "en": "There is a header, but not one row of data below it. Export the file again with its data.",
        "ko": "머리글만 있고 자료 행이 없습니다. 자료를 넣어 다시 내보내 주세요.",
    },
    "binary": {
        "en": "This is {kind}, not a table. Save the data as CSV (UTF-8) or XLSX.",
        "ko": "표가 아니라 {kind} 파일입니다. 자료를 CSV(UTF-8)나 XLSX로 저장해 주세요.",
    },
    "markup": {
        "en": "This is {kind}, not a table. If it was downloaded, the server may have sent a message instead of the file; "
        "save the data as CSV or XLSX.",
        "ko": "표가 아니라 {kind} 파일입니다. 내려받은 파일이라면 서버가 안내 화면을 보냈을 수 있습니다. 자료를 CSV나 XLSX로 저장해 주세요.",
    },
    "nul": {
        "en": "Line {line} holds a NUL byte, which no text file has. Save the file as CSV in UTF-8 again.",
        "ko": "{line}번째 줄에 글자가 아닌 NUL 바이트가 있습니다. CSV(UTF-8)로 다시 저장해 주세요.",
    },
    "encoding": {
        "en": "Line {line} is in no encoding that can be told (UTF-8, CP949 and UTF-16 can). Save the file as CSV in UTF-8.",
        "ko": "{line}번째 줄의 글자 부호를 알 수 없습니다 (UTF-8, CP949, UTF-16만 읽습니다). CSV(UTF-8)로 저장해 주세요.",
    },
    "western": {
        "en": "Line {line} looks like Western European text (a sign such as ° or µ), which would be read as wrong Korean "
        "letters. Save the file as CSV in UTF-8.",
        "ko": "{line}번째 줄이 서유럽 글자 부호(°, µ 같은 기호)로 보입니다. 한글로 잘못 읽히지 않도록 CSV(UTF-8)로 저장해 주세요.",
    },
    "long-line": {
        "en": "Line {line} is longer than {limit} characters. This is not a table, or its rows are not ended by line breaks.",
        "ko": "{line}번째 줄이 {limit}자보다 깁니다. 표가 아니거나 행이 줄바꿈으로 끝나지 않습니다.",
    },
    "quote": {
        "en": "The quotation marks in the row that begins at line {line} do not match. A text that holds a quotation mark "
        'doubles it ("") and stands between quotation marks.',
        "ko": '{line}번째 줄에서 시작하는 행의 따옴표가 맞지 않습니다. 따옴표가 들어 있는 글은 따옴표로 감싸고 안의 따옴표를 두 번("") 적습니다.',
    },
    "long-field": {
        "en": "A field in the row that begins at line {line} is longer than can be read. Most likely a quotation mark is "
        "opened there and never closed.",
        "ko": "{line}번째 줄에서 시작하는 행에 지나치게 긴 칸이 있습니다. 따옴표를 열고 닫지 않았을 가능성이 큽니다.",
    },
    "broken-line": {
        "en": "Line {line} has {found} fields, but the header has {expected}. Look at that line: a {delimiter} too many or "
        "too few, or a text without quotation marks.",
        "ko": "{line}번째 줄은 {found}칸인데 머리글은 {expected}칸입니다. 그 줄에서 {delimiter}이(가) 남거나 모자라는지, 따옴표가 빠졌는지 보세요.",
    },
    "no-header": {
        "en": "The first row holds only numbers ({example}), so the columns have no names. Put a row with a name for each "
        "column above it.",
        "ko": "첫 행이 숫자뿐이어서({example}) 열 이름이 없습니다. 맨 위에 열 이름을 적은 행을 넣어 주세요.",
    },
    "blank-name": {
        "en": "Column {number} has no name in the header. Give it one, or remove the column (a {delimiter} at the end of the "
        "header makes an extra column).",
        "ko": "{number}번째 열에 이름이 없습니다. 이름을 적거나 그 열을 지워 주세요 (머리글 끝의 {delimiter} 때문에 열이 하나 더 생기기도 합니다).",
    },
    "same-name": {
        "en": "The name '{column}' stands twice in the header (columns {first} and {second}). Give each column its own name.",
        "ko": "머리글에 '{column}'이(가) 두 번 있습니다 ({first}번째와 {second}번째 열). 열마다 다른 이름을 적어 주세요.",
    },
    "many-columns": {
        "en": "The header has {found} columns; at most {limit} can be read. Split the table.",
        "ko": "머리글에 열이 {found}개 있습니다. {limit}개까지 읽을 수 있으니 표를 나누어 주세요.",
    },
    "changed": {
        "en": "The file changed while it was being read. Wait until nothing writes to it and try again.",
        "ko": "읽는 동안 파일이 바뀌었습니다. 다른 프로그램이 쓰지 않을 때 다시 해 주세요.",
    },
    "xlsx-broken": {
        "en": "This spreadsheet is damaged or is no XLSX ({reason}). Open it in a spreadsheet program and save it as XLSX again.",
        "ko": "손상되었거나 XLSX가 아닌 파일입니다 ({reason}). 엑셀에서 열어 XLSX로 다시 저장해 주세요.",
    },
    "xlsx-encrypted": {
        "en": "This spreadsheet is protected by a password. Remove the password and save it as XLSX again.",
        "ko": "암호로 잠긴 엑셀 파일입니다. 암호를 풀고 XLSX로 다시 저장해 주세요.",
    },
    "xls-old": {
        "en": "This is a document in the old Office format (XLS). Open it and save it as XLSX or CSV.",
        "ko": "옛 형식(XLS)의 문서입니다. 열어서 XLSX나 CSV로 저장해 주세요.",
    },
    "xlsx-bomb": {
        "en": "Unpacked, this spreadsheet would take {size} bytes; at most {limit} are read, and nothing packed more than "
        "{ratio} times. Save the data as CSV.",
        "ko": "압축을 풀면 {size}바이트가 되는 엑셀 파일입니다. {limit}바이트까지, {ratio}배 압축까지만 읽습니다. CSV로 저장해 주세요.",
    },
    "xlsx-no-cells": {
        "en": "No sheet of this spreadsheet holds any cell. Put the table on the first sheet, with a header row.",
        "ko": "엑셀 파일의 어느 시트에도 값이 없습니다. 첫 시트에 머리글이 있는 표를 넣어 주세요.",
    },
}

_DELIMITERS: Final[Mapping[str, Mapping[str, str]]] = {
    ",": {"en": "comma", "ko": "쉼표"},
    ";": {"en": "semicolon", "ko": "쌍반점"},
    "\t": {"en": "tab", "ko": "탭"},
    "|": {"en": "vertical bar", "ko": "세로줄"},
    "cell": {"en": "cell", "ko": "칸"},
}


def say(code: str, lang: str, facts: Mapping[str, object]) -> str:
    """The sentence of a code, its blanks filled; English when there is no such language."""
    lang = lang if lang in ("ko", "en") else "en"
    values = {key: f"{value:,}" if isinstance(value, int) else str(value) for key, value in facts.items()}
    if values.get("delimiter") in _DELIMITERS:
        values["delimiter"] = _DELIMITERS[values["delimiter"]][lang]
    return SENTENCES[code][lang].format(**values)
