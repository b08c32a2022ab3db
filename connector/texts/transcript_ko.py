"""Conversations with others, shown and judged again: Korean."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "cli.help.transcript": """다른 참여자와 주고받은 대화를 순서도로 보여 줍니다. ID가 없으면 최근 교환 목록을 보여 줍니다.
정해진 기간만 보관되며(`mmd doctor`에서 설정 확인) 증거가 아닙니다. 증거는 `mmd evidence`로 만듭니다.
  mmd transcript 3f2a
  mmd transcript 3f2a -o talk.json
  mmd transcript --failed""",
    "cli.transcript.wanted": "협상, 전송, 합의서 또는 전달: 식별자 또는 하나로 정해지는 앞부분.",
    "cli.transcript.mermaid": "대신 Mermaid용 순서도로.",
    "cli.transcript.output": "본문과 헤더를 모두 담아 이 파일에 씁니다(`mmd replay`용).",
    "cli.transcript.peer": "ID 없이: 이 참여자와의 교환만.",
    "cli.transcript.failed": "ID 없이: 거절되었거나 답이 없던 것만.",
    "cli.transcript.limit": "ID 없이: 보여 줄 교환 수.",
    "cli.transcript.about": "대화",
    "cli.transcript.written": "{file}: {steps}단계",
    "cli.transcript.next": "다시 판정: mmd replay {file}",
    "cli.transcript.none": "주고받은 것이 없거나 더 이상 보관되어 있지 않습니다.",
    "cli.transcript.lost": "시작 이후 교환 {count}건을 보관하지 못했습니다. 한꺼번에 너무 많이 왔습니다.",
    "cli.transcript.column_at": "시각",
    "cli.transcript.column_way": "방향",
    "cli.transcript.column_peer": "상대방",
    "cli.transcript.column_type": "내용",
    "cli.transcript.column_status": "응답",
    "cli.transcript.column_process": "프로세스",
    "cli.transcript.column_problem": "문제",
    "cli.error.no_transcript_named": "어느 대화인지 지정하세요: 협상, 전송, 합의서 또는 전달.",
    "cli.error.transcript_of_one": "--peer와 --failed는 최근 교환 목록용입니다. 대화 하나를 보려면 빼세요.",
    "cli.help.replay": """저장된 대화를 프로토콜의 상태표로 다시 판정합니다. 커넥터도 네트워크도 필요 없습니다.
종료 코드: 0 기록된 응답이 모두 표와 일치, 1 일치하지 않는 것이 있음, 2 파일을 읽을 수 없음.
  mmd replay talk.json""",
    "cli.replay.file": "`mmd transcript ID --output FILE`로 만든 파일.",
    "cli.replay.unreadable": "{file}을(를) 판정할 수 없습니다: {detail}.",
    "cli.replay.state": "{process}: {state} 상태",
    "cli.replay.agrees": "일치함: {count}단계. 그 밖의 {unjudged}단계는 표로 판정할 대상이 아닙니다.",
    "cli.replay.disagrees": "일치하지 않음: {count}건(단계 {places}).",
    "cli.replay.verdict.accepted": "수락",
    "cli.replay.verdict.refused": "거절",
    "cli.replay.verdict.repeat": "반복",
    "cli.replay.verdict.acknowledged": "확인됨",
    "cli.replay.verdict.unanswered": "아직 받지 않음",
    "cli.replay.verdict.not_judged": "판정 안 함",
    "cli.replay.doubt.taken": "받아들여졌으나 표는 거절합니다",
    "cli.replay.doubt.not_taken": "거절되었으나 표는 수락합니다",
    "cli.replay.doubt.other_state": "응답의 상태가 표와 다릅니다",
    "cli.replay.doubt.other_answer": "같은 메시지에 앞서 다르게 답했습니다",
    "cli.replay.doubt.not_ours_to_send": "표에 따르면 우리 쪽이 여기서 보낼 수 없습니다",
    "cli.replay.doubt.never_sent": "앞서 보낸 적 없는 메시지에 대한 응답입니다",
    "cli.replay.doubt.content": "내용 때문에 거절되었으며, 표는 내용을 판정하지 않습니다",
    "cli.replay.doubt.before": "프로세스를 살펴보기 전에 돌려보냈습니다",
    "cli.replay.doubt.beginning": "이 프로세스의 시작이 파일에 없습니다",
    "cli.replay.doubt.their_refusal": "표가 허용하는 것을 상대방이 거절했습니다",
    "cli.replay.doubt.busy": "상대방이 그때 받을 수 없었습니다",
    "cli.replay.doubt.altered": "본문이 기록된 것과 다릅니다",
    "cli.replay.doubt.unreadable": "본문이 그런 메시지가 아닌데도 받아들여졌습니다",
    "cli.replay.doubt.cut": "본문의 앞부분만 있습니다",
    "cli.replay.doubt.no_table": "해당하는 표가 없습니다",
}
