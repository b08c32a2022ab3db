"""Korean: what keeps terms: consents, payments in advance, refusals explained, counts compared."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # --- mmd paid
    "cli.help.paid": """선불 대금이 들어왔다고 표시합니다. 표시되어 있는 동안에만 데이터가 나갑니다.

  mmd paid 3f2a --note "오늘 자 통장 내역"
  mmd paid 3f2a --clear""",
    "cli.paid.contract": "계약 번호 또는 하나로 정해지는 앞부분.",
    "cli.paid.clear": "잘못 표시했을 때 표시를 지웁니다. 전송 중인 데이터는 1초 안에 멈춥니다.",
    "cli.paid.note": "우리 쪽 행위 기록에 남길 메모.",
    "cli.paid.marked": "{contract} 계약의 대금이 입금된 것으로 표시했습니다.",
    "cli.paid.cleared": "{contract} 계약의 입금 표시를 지웠습니다. 선불 조건이 있는 계약에서는 더 이상 데이터가 나가지 않습니다.",
    # --- mmd metering
    "cli.help.metering": """계약에서 양쪽이 센 이용 횟수, 행 수, 바이트 수와 그 차이를 보여 줍니다.

  mmd metering 3f2a
  mmd metering 3f2a --tell""",
    "cli.metering.contract": "계약 번호 또는 하나로 정해지는 앞부분.",
    "cli.metering.tell": "먼저 우리 쪽 집계를 서명해서 알립니다. 상대방은 자기 집계로 답합니다.",
    "cli.metering.column_ours": "우리 집계",
    "cli.metering.column_theirs": "상대 집계",
    "cli.metering.row_uses": "이용 횟수",
    "cli.metering.row_rows": "행",
    "cli.metering.row_bytes": "바이트",
    "cli.metering.not_told": "아직 알려 오지 않음",
    "cli.metering.column_delivery": "수령 번호",
    "cli.metering.column_is": "비교",
    "cli.metering.is_same": "같음",
    "cli.metering.is_differs": "다름",
    "cli.metering.is_only-ours": "우리에게만 있음",
    "cli.metering.is_only-theirs": "상대에게만 있음",
    "cli.metering.is_open": "아직 알려 오지 않음",
    "cli.metering.line": "{rows}행, {bytes}바이트, {result}",
    "cli.metering.agree": "양쪽 집계가 같습니다. 아직 알려 오지 않은 것이 {open}건 있습니다.",
    "cli.metering.differ": "서로 다른 것이 {differences}건 있습니다.",
    # --- mmd consent
    "cli.help.consent": "생산자 동의를 보관하고, 발급하고, 철회를 처리합니다.",
    "cli.help.consent_list": "생산자가 무엇에 동의했고 그 동의에 근거한 계약이 몇 건인지 보여 줍니다.",
    "cli.help.consent_add": """동의를 보관합니다. 생산자가 서명한 동의서이거나, 해시만 남기는 문서입니다.

  mmd consent add --receipt consent.json
  mmd consent add --document consent.pdf --producer "한빛" --dataset batches.csv --purpose research --until 2027-06-30""",
    "cli.help.consent_give": """생산자로서 제공자가 보관할 동의서에 서명합니다.

  mmd consent give did:web:plant.example.kr --dataset batches.csv --purpose research -o consent.json""",
    "cli.help.consent_withdraw": """생산자가 동의를 철회했습니다. 이 동의에 근거한 계약이 모두 끝납니다.

  mmd consent withdraw 3f2a --dry-run
  mmd consent withdraw 3f2a --reason "라인을 매각했습니다\"""",
    "cli.consent.receipt": "서명된 동의서(JSON). 생산자가 `mmd consent give`로 만든 파일입니다.",
    "cli.consent.document": "동의가 적힌 문서. 문서는 그대로 두고 해시만 보관합니다.",
    "cli.consent.producer": "문서로 동의한 생산자의 이름 또는 DID.",
    "cli.consent.dataset": "데이터셋 번호. 아직 공개하지 않았으면 파일이나 그 해시.",
    "cli.consent.purpose": "동의한 이용 목적. 여러 번 쓸 수 있고, 없으면 모든 목적입니다.",
    "cli.consent.until": "동의의 마지막 날. 없으면 철회할 때까지입니다.",
    "cli.consent.provider": "데이터를 제공할 회사의 DID.",
    "cli.consent.output": "동의서를 저장할 파일. 없으면 화면에 보여 줍니다.",
    "cli.consent.digest": "동의의 해시 또는 하나로 정해지는 앞부분.",
    "cli.consent.reason": "철회 사유. 계약 상대방이 읽습니다.",
    "cli.consent.dry_run": "누구에게 영향이 있는지 보여 주기만 합니다.",
    "cli.consent.yes": "다시 묻지 않고 처리합니다.",
    "cli.consent.none": "보관 중인 동의가 없습니다.",
    "cli.consent.column_digest": "해시",
    "cli.consent.column_producer": "생산자",
    "cli.consent.column_purposes": "목적",
    "cli.consent.column_until": "기한",
    "cli.consent.column_contracts": "계약",
    "cli.consent.state_withdrawn": "철회됨",
    "cli.consent.any_purpose": "모든 목적",
    "cli.consent.kept": "동의를 보관했습니다. 계약 조건에는 이 해시로 적습니다: {digest}",
    "cli.consent.given": "서명한 동의서를 {file}에 저장했습니다. 제공자에게 전달하세요.",
    "cli.consent.hits": "이 동의에 근거한 계약 {count}건이 끝납니다:",
    "cli.consent.past": "이전에 적법하게 이용한 것은 그대로 적법합니다.",
    "cli.consent.sure": "{producer}의 동의에 근거한 것을 모두 끝낼까요? 되돌릴 수 없습니다 (y/n)",
    "cli.consent.withdrawn": "동의가 철회되었습니다. 이 동의에 근거한 계약이 끝났고 상대방에게 알렸습니다.",
    "cli.error.receipt_or_document": "--receipt와 --document 가운데 하나만 지정하세요.",
    "cli.error.document_says": "문서라면 누가(--producer) 어느 데이터에(--dataset) 동의했는지도 적어 주세요.",
    "cli.error.no_receipt": "{path} 파일은 동의서가 아닙니다. `mmd consent give`가 만드는 JSON이어야 합니다.",
    "cli.error.no_such_consent": "{wanted!r}(으)로 시작하는 동의가 없습니다.",
    # --- mmd explain
    "cli.help.explain": """왜 거절되었는지, 또는 어떻게 결정될지 알려 줍니다.

  mmd explain 3f2a
  mmd explain --dataset 3f2a --for did:web:buyer.example.kr --purpose research --at 2026-12-01T14:00:00+09:00 --country KR""",
    "cli.explain.what": "거절된 계약, 협의, 전송, 수령, 데이터셋의 번호 또는 참여사의 DID.",
    "cli.explain.dataset": "어떻게 결정될지 알고 싶은 우리 데이터셋.",
    "cli.explain.partner": "어느 참여사에 대해서인지.",
    "cli.explain.purpose": "이용 목적.",
    "cli.explain.at": "언제인지: 날짜, 또는 시간대가 있는 시각. 없으면 지금입니다.",
    "cli.explain.person": "상대 회사의 누구를 위한 것인지.",
    "cli.explain.country": "가정: 상대 회원증에 적힌 본사 소재지.",
    "cli.explain.affiliate": "가정: 상대가 속한 기업집단.",
    "cli.explain.credential": "가정: 상대가 제시하는 증명서의 종류.",
    "cli.explain.claim": "가정: 상대 증명서에 적힌 사실.",
    "cli.explain.prepaid": "가정: 대금이 들어와 있음.",
    "cli.explain.told": "상대방이 {id}을(를) 거절했습니다. 판단에 쓰인 사실은 여기에 없고, 상대방은 이렇게 알렸습니다:",
    "cli.explain.nothing": "여기에서 아는 한 거절된 것이 없습니다.",
    "cli.explain.times": "({times}번, 마지막 {last})",
    "cli.explain.scope_catalog": "{at}: {party}에 제안을 보여 주지 않았습니다",
    "cli.explain.scope_negotiation": "{at}: {party}와(과) 계약하지 않았거나 전송을 시작하지 않았습니다",
    "cli.explain.scope_transfer": "{at}: {party}에 데이터를 보내지 않았습니다",
    "cli.explain.scope_running": "{at}: {party}에 보내던 데이터를 멈췄습니다",
    "cli.explain.rule": "  조건: {rule}",
    "cli.explain.why": "  이유와 바뀌어야 할 것: {why}",
    "cli.explain.yes": "예. {partner}은(는) {at}에 받을 수 있습니다.",
    "cli.explain.no": "아니요. {partner}은(는) {at}에 받을 수 없습니다.",
    "cli.explain.invisible": "이 참여사에는 데이터셋이 보이지 않습니다.",
    "cli.explain.taken": "그때 다른 참여사가 이 데이터셋을 독점하고 있습니다.",
    "cli.explain.offer": "제안 {id}",
    "cli.explain.contract": "계약 {id}",
    "cli.explain.step_catalog": "카탈로그에서 봄",
    "cli.explain.step_negotiation": "계약함",
    "cli.explain.step_use": "데이터를 받음",
    "cli.explain.outcome_permitted": "예",
    "cli.explain.outcome_denied": "아니요",
    "cli.explain.outcome_undetermined": "판단할 수 없으므로 아니요",
    "cli.error.explain_what": "무엇이 거절되었는지 지정하거나, 어떻게 결정될지 물으려면 --dataset과 --for를 함께 쓰세요.",
}
