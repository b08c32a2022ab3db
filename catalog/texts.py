"""What people read about a file and a data card, in Korean and English, in one place."""

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("ko", "en")

TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    # --- questions that must be answered before publishing
    "question.title": {
        "en": "What is this data called? One line that a buyer understands.",
        "ko": "이 자료의 이름은 무엇입니까? 받는 쪽이 알아볼 한 줄로 적어 주세요.",
    },
    "question.description": {
        "en": "What does it show: which machine or line, when, why was it recorded?",
        "ko": "무엇을 담고 있습니까? 어느 설비나 라인에서, 언제, 왜 기록했는지 적어 주세요.",
    },
    "question.process": {
        "en": "Which manufacturing process does it come from? Choose at least one: {choices}.",
        "ko": "어느 공정의 자료입니까? 하나 이상 고르세요: {choices}.",
    },
    "question.producer": {
        "en": "Who produced it: your company, or another one whose data you pass on?",
        "ko": "누가 만든 자료입니까? 귀사입니까, 아니면 다른 회사의 자료를 전달하는 것입니까?",
    },
    "question.classification": {
        "en": "Does it hold personal data, a trade secret, national core technology or a subcontractor's technical data? If none of "
        "these, say so.",
        "ko": "개인정보, 영업비밀, 국가핵심기술, 하도급 기술자료가 들어 있습니까? 없으면 '해당 없음'을 고르세요.",
    },
    "question.exportControl": {
        "en": "It holds national core technology: was its export approved, reported, or does it need neither? 'Not known' keeps it in "
        "the country.",
        "ko": "국가핵심기술이 들어 있습니다. 수출 승인을 받았습니까, 신고했습니까, 대상이 아닙니까? '모름'이면 국내에만 제공할 수 있습니다.",
    },
    "question.pseudonymLevel": {
        "en": "It holds personal data: how far is it pseudonymised (0 not at all, 1 direct identifiers, 2 indirect ones too, 3 anonymised)?",
        "ko": "개인정보가 들어 있습니다. 어디까지 가명처리했습니까(0 안 함, 1 직접 식별자만, 2 준식별자까지, 3 익명처리)?",
    },
    "question.classification-unknown": {
        "en": "'Not known' cannot be published. Find out whether it holds personal data, a trade secret, national core technology or a "
        "subcontractor's technical data.",
        "ko": "'모름'으로는 공개할 수 없습니다. 개인정보, 영업비밀, 국가핵심기술, 하도급 기술자료가 있는지 먼저 확인해 주세요.",
    },
    "question.units": {
        "en": "A unit was given for a column that the file does not have: {columns}. Which column is meant?",
        "ko": "파일에 없는 열에 단위를 적었습니다: {columns}. 어느 열입니까?",
    },
    # --- what the machine found
    "found.table": {
        "en": "{rows} rows × {columns} columns ({cells} cells), {form}",
        "ko": "{rows}행 × {columns}열 (칸 {cells}개), {form}",
    },
    "found.sheet": {"en": "sheet '{sheet}' of a spreadsheet", "ko": "엑셀 시트 '{sheet}'"},
    "found.size": {"en": "{bytes} bytes, {digest}", "ko": "{bytes}바이트, {digest}"},
    "found.time": {
        "en": "Time: '{column}' ({form}), from {start} to {end}",
        "ko": "시간: '{column}' ({form}), {start}부터 {end}까지",
    },
    "found.interval": {
        "en": "One row every {interval} ({percent} % of the steps), gaps: {gaps}",
        "ko": "{interval}마다 한 행 (간격의 {percent} %), 빈 구간: {gaps}",
    },
    "found.longest-gap": {"en": "{gaps} (the longest {longest})", "ko": "{gaps}곳 (가장 긴 것 {longest})"},
    "found.no-gaps": {"en": "none", "ko": "없음"},
    "found.steps": {
        "en": "No absolute time: '{column}' counts steps from {first} and starts again (restarts: {restarts}).",
        "ko": "절대 시각이 없습니다. '{column}'이(가) {first}부터 순번을 세고 {restarts}번 다시 시작합니다.",
    },
    "found.steps-in": {
        "en": "No absolute time: '{column}' counts steps from {first} within each '{group}' (restarts: {restarts}).",
        "ko": "절대 시각이 없습니다. '{column}'이(가) '{group}'마다 {first}부터 순번을 셉니다 (다시 시작 {restarts}번).",
    },
    "found.key": {"en": "Each row is named by: {keys}", "ko": "행을 구별하는 열: {keys}"},
    "found.key-partly": {
        "en": "In the first {compared} rows, each row is named by: {keys}",
        "ko": "처음 {compared}행에서 행을 구별하는 열: {keys}",
    },
    "found.or": {"en": " or ", "ko": " 또는 "},
    "found.no-missing": {"en": "No missing values", "ko": "빠진 값 없음"},
    "found.units": {"en": "Units in the header: {units}", "ko": "머리글에 있는 단위: {units}"},
    "found.no-units": {
        "en": "No units in the header; give them for the columns that measure something.",
        "ko": "머리글에 단위가 없습니다. 측정값 열의 단위를 적어 주세요.",
    },
    # --- warnings
    "warning.missing": {
        "en": "Missing: {missing} of {cells} cells, most in '{column}' ({most} of {rows})",
        "ko": "빠진 값: 칸 {cells}개 중 {missing}개, '{column}'에 가장 많음 ({rows}행 중 {most}개)",
    },
    "warning.null-codes": {
        "en": "'{column}': {codes} was read as a missing value.",
        "ko": "'{column}': {codes}을(를) 빠진 값으로 읽었습니다.",
    },
    "warning.back-daily": {
        "en": "Time goes back once a day ({back} times): the row of midnight still carries the date of the day that ends. "
        "Do not sort by this column.",
        "ko": "하루에 한 번 시간이 거꾸로 갑니다 ({back}번). 자정 행에 끝난 날의 날짜가 그대로 적혀 있습니다. "
        "이 열로 정렬하지 마세요.",
    },
    "warning.back": {
        "en": "Time goes back in '{column}' (steps back: {back}). Check whether rows are out of order.",
        "ko": "'{column}'에서 시간이 {back}번 거꾸로 갑니다. 행 순서를 확인해 주세요.",
    },
    "warning.same-time": {
        "en": "Rows with the same time as the row above: {same}",
        "ko": "{same}개 행의 시각이 바로 위 행과 같습니다.",
    },
    "warning.ambiguous": {
        "en": "'{column}': day and month cannot be told apart; it was read as {form}.",
        "ko": "'{column}': 일과 월을 구별할 수 없어 {form}(으)로 읽었습니다.",
    },
    "warning.duplicates": {
        "en": "Repeated rows: {count}",
        "ko": "같은 행이 {count}개 더 있습니다.",
    },
    "warning.duplicates-partly": {
        "en": "Repeated rows: {count}, among the first {compared}; the rest was not compared.",
        "ko": "처음 {compared}행에서 같은 행이 {count}개 더 있습니다. 나머지는 비교하지 않았습니다.",
    },
    "warning.constant": {
        "en": "Always the same value: {columns}",
        "ko": "값이 하나뿐인 열: {columns}",
    },
    "warning.empty": {"en": "Without any value: {columns}", "ko": "값이 전혀 없는 열: {columns}"},
    "warning.nearly": {
        "en": "'{column}' holds {nearly}, but not everywhere: values that are none: {misfits}, the first '{misfit}' in row {row}.",
        "ko": "'{column}'은(는) {nearly}인데 {misfits}개 값이 아닙니다. 처음은 {row}행의 '{misfit}'입니다.",
    },
    "warning.sensitive": {
        "en": "Look at these columns before others do ({guess}): {columns}",
        "ko": "남에게 보이기 전에 확인할 열 ({guess}): {columns}",
    },
    "sensitive.person": {"en": "may name people", "ko": "사람 이름일 수 있음"},
    "sensitive.contact": {"en": "may hold contact data", "ko": "연락처일 수 있음"},
    "sensitive.customer": {"en": "may name customers", "ko": "고객사일 수 있음"},
    "sensitive.set-point": {"en": "may be set points or recipes", "ko": "설정값이나 레시피일 수 있음"},
    # --- words inside the sentences
    "datatype.integer": {"en": "whole numbers", "ko": "정수"},
    "datatype.decimal": {"en": "numbers", "ko": "숫자"},
    "datatype.dateTime": {"en": "dates with times", "ko": "날짜와 시각"},
    "datatype.date": {"en": "dates", "ko": "날짜"},
    "datatype.time": {"en": "times of day", "ko": "시각"},
    "datatype.boolean": {"en": "true or false", "ko": "참/거짓"},
    "datatype.string": {"en": "text", "ko": "글자"},
    "encoding.utf-8": {"en": "UTF-8", "ko": "UTF-8"},
    "encoding.utf-8-sig": {"en": "UTF-8 with a mark at the start (BOM)", "ko": "UTF-8 (BOM 있음)"},
    "encoding.cp949": {"en": "CP949 (Korean Windows)", "ko": "CP949 (한글 윈도)"},
    "encoding.utf-16": {"en": "UTF-16", "ko": "UTF-16"},
    "delimiter.,": {"en": "comma", "ko": "쉼표"},
    "delimiter.;": {"en": "semicolon", "ko": "쌍반점"},
    "delimiter.\t": {"en": "tab", "ko": "탭"},
    "delimiter.|": {"en": "vertical bar", "ko": "세로줄"},
    "duration.day": {"en": "{n} d", "ko": "{n}일"},
    "duration.hour": {"en": "{n} h", "ko": "{n}시간"},
    "duration.minute": {"en": "{n} min", "ko": "{n}분"},
    "duration.second": {"en": "{n} s", "ko": "{n}초"},
    "duration.millisecond": {"en": "{n} ms", "ko": "{n}밀리초"},
}

_DURATIONS: Final = (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1000), ("millisecond", 1))


def say(key: str, lang: str, **values: str) -> str:
    """The sentence of this key in this language (English when there is no such language), blanks filled."""
    sentence = TEXTS[key]
    return sentence.get(lang, sentence["en"]).format(**values)


def say_or(key: str, lang: str, otherwise: str) -> str:
    """Likewise, or `otherwise` when there is no such key."""
    return say(key, lang) if key in TEXTS else otherwise


def say_duration(milliseconds: int, lang: str) -> str:
    """A length of time in at most two units, for example `1 d 2 h` or `15분`."""
    parts: list[str] = []
    rest = milliseconds
    for unit, size in _DURATIONS:
        count, rest = divmod(rest, size)
        if count and len(parts) < 2:  # noqa: PLR2004 - finer is not read
            parts.append(say(f"duration.{unit}", lang, n=f"{count:,}"))
    return " ".join(parts) or say("duration.second", lang, n="0")
