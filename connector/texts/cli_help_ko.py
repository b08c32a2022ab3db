"""The help pages of the command line, in Korean. In a help text the first line is the short form."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "cli.help.mmd": """제조 기업 사이의 커넥터: 데이터를 제안하고, 이용을 합의하고, 받아 오고, 증명합니다.
처음이라면 `mmd demo`가 이 컴퓨터에서 모든 과정을 보여 줍니다. 명령마다 설명이 있습니다: mmd 명령 --help""",
    "cli.help.options": "[옵션]",
    "cli.help.verb": "명령",
    "cli.help.verbs": "명령",
    "cli.help.arguments": "대상",
    "cli.help.own_options": "옵션",
    "cli.help.global_options": "모든 명령의 옵션",
    "cli.help.required": "(필수)",
    "cli.help.repeatable": "(여러 번 쓸 수 있음)",
    "cli.help.chapter_own": "내 커넥터",
    "cli.help.chapter_offer": "제안하기",
    "cli.help.chapter_govern": "데이터 스페이스 관리기관으로서",
    "cli.help.chapter_use": "이용하기",
    "cli.help.chapter_keep": "계약이 진행되는 동안",
    "cli.help.chapter_prove": "증명하기",
    "cli.help.chapter_look": "둘러보기",
    "cli.option.dir": "커넥터의 폴더. 없으면 MMD_DIR, 그것도 없으면 현재 폴더.",
    "cli.option.url": "다른 곳에 있는 커넥터의 관리 주소. 없으면 MMD_URL, 그것도 없으면 폴더의 설정대로.",
    "cli.option.token": "그 커넥터의 토큰. 없으면 MMD_TOKEN, 그것도 없으면 폴더에 있는 소유자 토큰.",
    "cli.option.as_json": "결과는 stdout에 JSON 문서 하나로, 오류는 stderr에 JSON으로.",
    "cli.option.lang": "출력 언어. 없으면 MMD_LANG, 그것도 없으면 로캘.",
    "cli.option.help": "이 도움말.",
    "cli.option.version": "mmd의 버전.",
    # --- verbs
    "cli.help.init": """폴더에 새 커넥터를 만듭니다: 키, DID, 설정, 소유자 토큰.
주소는 DID(did:web)의 일부가 되므로 나중에 바꿀 수 없습니다. 이미 있는 것은 절대 덮어쓰지 않습니다.
  mmd init --dir plant --name "건조 공장" --public-url https://data.example.com""",
    "cli.init.name": "다른 참여자에게 보이는 회사 이름. 없으면 폴더 이름.",
    "cli.init.public_url": "다른 참여자가 접속하는 주소. 실험실 프로필에서는 생략할 수 있습니다.",
    "cli.init.bind": "공개 주소와 다를 때(앞에 리버스 프록시가 있을 때) 실제로 수신하는 주소.",
    "cli.init.management_port": "이 컴퓨터에서 관리 API가 쓰는 포트. 없으면 빈 포트를 고릅니다.",
    "cli.init.laboratory": "한 컴퓨터에서 시험할 때: 루프백에서 암호화 없는 HTTP. 계약에도 그렇게 적힙니다.",
    "cli.init.authority": "회원 자격을 믿을 관리기관의 DID.",
    "cli.init.authority_role": "관리기관으로 만듭니다: 회원을 받아들입니다.",
    "cli.help.serve": """폴더의 커넥터를 Ctrl-C를 누를 때까지 실행합니다.
  mmd serve --dir plant""",
    "cli.serve.init_if_missing": "폴더에 커넥터가 없으면 먼저 실험실 커넥터를 만듭니다.",
    "cli.serve.set": "이번 실행에만 쓰는 설정. 이름은 `mmd doctor`가 보여 줍니다.",
    "cli.help.doctor": """모든 것이 제대로인지 살피고, 설정과 각 설정의 출처를 보여 줍니다.
--peer: 실행 중인 이 커넥터에서 다른 커넥터를 살핍니다.
  mmd doctor --peer did:web:data.example.com
잘못된 것이 있으면 1로 끝납니다. 비밀은 보여 주지 않습니다.""",
    "cli.help.keys": "보관 중인 개인 키: show, seal, unseal.",
    "cli.help.keys_show": "키의 이름과 봉인 여부. 키 자체는 보여 주지 않습니다.",
    "cli.help.keys_seal": """키를 암호로 봉인합니다.

이후 커넥터는 시작할 때마다 파일 속의 암호로 키를 엽니다. 파일 이름은 설정에 기록됩니다.""",
    "cli.help.keys_unseal": "봉인을 풉니다. 키가 암호 없이 폴더에 놓입니다.",
    "cli.keys.passphrase_file": "암호(12바이트 이상)나 무작위 바이트가 든 파일. 다른 곳에 보관하십시오.",
    "cli.help.rotate-key": """토큰 키, 계약 키, 로그 키 가운데 하나를 새 키로 바꿉니다.

쓰기 전에 먼저 공개합니다. 유출되지 않았다면 이전 키로 한 서명은 계속 유효하고 증명할 수 있습니다.
  mmd rotate-key contract
  mmd rotate-key token --compromised-since 2026-11-20T08:00:00+09:00""",
    "cli.rotate_key.use": "token, contract, log 중 하나.",
    "cli.rotate_key.since": "이전 키가 유출되었을 수 있는 시각: 키를 바로 철회하고 그때부터의 서명은 믿지 않게 합니다.",
    "cli.help.token": "관리 API의 이름 있는 토큰: add, list, remove.",
    "cli.help.token_add": """토큰을 만들어 한 번만 보여 줍니다.
역할: owner(모든 것), clerk(일상 업무), auditor(읽기만).""",
    "cli.help.token_list": "모든 토큰의 이름과 역할. 토큰 자체는 보여 주지 않습니다.",
    "cli.help.token_remove": "토큰을 즉시 쓸 수 없게 합니다.",
    "cli.token.name": "누구의 토큰인지. 모든 행위 기록에 이 이름이 남습니다.",
    "cli.token.role": "무엇을 할 수 있는지.",
    "cli.token.person": "누구의 토큰인지. 없으면 토큰 이름과 같습니다. 두 사람의 승인이 필요할 때 한 사람의 토큰 두 개는 하나로 봅니다.",
    "cli.help.db": "커넥터의 데이터베이스: upgrade.",
    "cli.help.db_upgrade": "테이블을 이 버전으로 올립니다. `mmd serve`도 시작할 때 합니다.",
    "cli.help.log": "커넥터의 추가 전용 로그(크기, 루트, 서명된 체크포인트) 또는 누가 무엇을 했는지 보여 줍니다.",
    "cli.help.audit-log": """참여자의 로그가 우리와 다른 곳에 같은 것을 보여 주는지 비교합니다.

두 가지 기록을 보여 주는 로그는 서명된 두 체크포인트를 증거로 찾아냅니다(종료 코드 1).
  mmd audit-log did:web:plant.example.kr --with did:web:buyers.example.kr""",
    "cli.audit_log.peer": "누구의 로그인지.",
    "cli.audit_log.with": "로그 주인과 관리기관 외에 비교할 상대. 여러 번 줄 수 있습니다.",
    "cli.audit_log.output": "서로 다를 때 두 체크포인트를 저장할 파일.",
    "cli.log.acts": "대신 관리 API를 통한 행위를 봅니다: 언제, 누가, 무엇을.",
    "cli.help.publish": """표(CSV, XLSX)를 올려 기계가 찾아낸 것을 확인하고, 조항을 붙여 제안합니다.
빠진 것은 터미널에서 물어보며, 스크립트는 옵션으로 줍니다.
  mmd publish dryer.csv --title-ko "배치 건조기" --purpose 품질예측 --until 2027-12-31 --count 3""",
    "cli.publish.file": "파일: CSV(UTF-8, CP949, UTF-16; 쉼표, 세미콜론, 탭, 세로줄) 또는 XLSX.",
    "cli.publish.title": "영어 제목.",
    "cli.publish.title_ko": "한국어 제목.",
    "cli.publish.description": "무엇인지, 이번 실행의 언어로.",
    "cli.publish.process": "데이터가 나온 제조 공정.",
    "cli.publish.classification": "어떤 비밀이 들어 있는지: none(없음), personal(개인정보), trade-secret(영업비밀), core-technology(국가핵심기술).",
    "cli.publish.keyword": "다른 참여자가 찾을 때 쓸 단어.",
    "cli.publish.producer": "데이터를 생산한 곳.",
    "cli.publish.unit": "열의 단위. 머리글에 적힌 것보다 우선합니다.",
    "cli.publish.export_control": "국가핵심기술 수출 상태: none(해당 없음), reported(신고), approved(승인), unknown(모름).",
    "cli.publish.pseudonym_level": "가명처리 수준: 0 없음, 1 이름 등 직접 식별자, 2 준식별자까지, 3 익명처리.",
    "cli.publish.share_statistics": "카탈로그에 최솟값, 최댓값, 평균을 보여 줍니다. 설정값이 드러날 수 있습니다.",
    "cli.publish.purpose": "이용해도 되는 목적: quality-prediction 같은 이름, 한국어 이름, 또는 IRI.",
    "cli.publish.any_purpose": "목적을 제한하지 않고 제안합니다.",
    "cli.publish.until": "이용할 수 있는 마지막 날(또는 시간대가 있는 시각).",
    "cli.publish.not_before": "이용할 수 있는 첫날(또는 시간대가 있는 시각).",
    "cli.publish.count": "최대 몇 번 받을 수 있는지.",
    "cli.publish.recipient": "이 참여자만 이용할 수 있습니다.",
    "cli.publish.prohibit": "금지 조항. 예: no-passing-on, no-resale, no-training. 모두 보려면 `mmd clauses`.",
    "cli.publish.visible_to": "카탈로그에서 이 참여자에게만 보입니다. 없으면 모든 회원에게 보입니다.",
    "cli.publish.yes": "다시 묻지 않고 게시합니다.",
    "cli.publish.bundle": "자주 쓰는 계약에서 시작합니다. `mmd clauses bundles`로 볼 수 있습니다.",
    "cli.publish.clause": "조항 하나와 그 빈칸의 값: no-training, count=5, until=2027-06-30.",
    "cli.publish.set": "빈칸 하나의 값: lump-sum.amount=1500000. 여러 값은 쉼표로 나누거나 다시 적습니다. named-people.list에는 이름과 이메일을 적은 CSV 파일도 됩니다.",
    "cli.publish.without": "묶음에서 이 조항을 뺍니다.",
    "cli.help.clauses": """계약에 넣을 수 있는 조항을 보여 줍니다. 무슨 뜻인지, 누가 지키는지, 어떤 빈칸이 있는지.
`mmd clauses show ID`는 조항 하나를, `mmd clauses bundles`는 자주 쓰는 계약을 보여 줍니다.

    mmd clauses
    mmd clauses show lump-sum
    mmd clauses bundles""",
    "cli.clauses.what": "없으면 모든 조항의 목록. show: 조항 하나. bundles: 자주 쓰는 계약.",
    "cli.clauses.which": "어느 조항 또는 어느 묶음인지.",
    "cli.help.offer": """요청하지 않은 참여자에게 내 데이터셋을 제안합니다.
조건을 주지 않으면 카탈로그의 제안을 쓰고, 조건을 주면 이 참여자에게만 적용됩니다.
  mmd offer 3f2a --to did:web:buyer.example.com --purpose 품질예측 --count 5""",
    "cli.offer.dataset": "내 데이터셋: 식별자 또는 하나로 정해지는 앞부분.",
    "cli.offer.to": "누구에게. 그 참여자가 데이터셋을 볼 수 있어야 합니다.",
    "cli.offer.offer": "카탈로그의 제안이 여럿일 때 어느 것인지.",
    "cli.help.withdraw": """서명한 통지로 계약을 끝내거나, 데이터셋을 카탈로그에서 내립니다.
내린 데이터셋에 대한 계약은 그대로 유효합니다.
  mmd withdraw 3f2a --reason "설비를 개조했습니다\"""",
    "cli.withdraw.what": "계약 또는 내 데이터셋: 식별자 또는 하나로 정해지는 앞부분.",
    "cli.withdraw.reason": "이유. 상대방이 읽습니다. 계약에는 꼭 필요합니다.",
    "cli.withdraw.effective": "효력이 생기는 시각(시간대 포함). 계약의 통지 기간보다 늦게 하려는 경우에만 씁니다.",
    "cli.withdraw.dry_run": "누구에게 무엇이 언제부터 영향을 받는지 보여 주기만 합니다.",
    "cli.help.people": """계약의 데이터를 보유할 수 있는 임직원 명단(이름과 전자우편)을 보거나 바꿉니다.
상대방이 함께 서명하면 바뀌며, 새 계약은 필요 없습니다. 이름은 로그에 남지 않고, 증거에는 --without-personal로 만들지 않는 한 들어갑니다.
  mmd people 3f2a --set people.csv --reason "담당 팀이 바뀌었습니다"
  mmd people 3f2a --accept
  mmd people erase 김민수 --email kim@customer.example
  mmd people erase 김민수 --email kim@customer.example --reason "12월 2일 요청" --yes""",
    "cli.people.contract": "계약. 없이 --set만 쓰면 제안의 조건에 넣을 새 명단을 만듭니다.",
    "cli.people.set": "이름과 전자우편이 든 CSV 파일(UTF-8 또는 CP949). 이 명단을 제안합니다.",
    "cli.people.reason": "이유. 서명되고 로그에 남으므로 이름을 적지 마세요.",
    "cli.people.accept": "상대방이 제안한 명단에 함께 서명합니다.",
    "cli.people.refuse": "거절하고, 그 이유를 적습니다.",
    "cli.people.export": "명단 자체를 이 파일에 씁니다. 증거와 함께 제삼자에게 보일 때만 쓰세요. 개인정보입니다.",
    "cli.people.proposal": "여러 제안이 있을 때 어느 것인지.",
    "cli.help.duties": """계약에 따라 누가 언제까지 무엇을 해야 하는지 보여 줍니다: 지급, 보고, 폐기, 알림.
`mmd duties fulfil ID`로 내 의무를 이행했다고 서명해 알립니다. 폐기는 `mmd delete`로 보입니다.
  mmd duties fulfil 3f2a#obligation-2.1 --statement "12월 3일 지급, 청구서 2026-118\"""",
    "cli.duties.what": "내 의무를 이행했다고 말하려면 `fulfil`.",
    "cli.duties.duty": "목록에 보이는 계약과 의무, 또는 하나로 정해지는 앞부분.",
    "cli.duties.contract": "한 계약의 모든 의무를, 이행한 것까지 보여 줍니다.",
    "cli.duties.statement": "무엇을 이행했는지. 상대방이 서명과 함께 읽습니다.",
    "cli.help.delete": """계약으로 받은 파일을 모두 삭제하고, 무엇을 삭제했는지 서명한 삭제 확인서를 보냅니다.
제공자가 받았다고 함께 서명합니다. 이 커넥터 밖의 사본은 직접 삭제하고, 그 사실을 진술에 적으세요.
  mmd delete 3f2a --statement "우리와 다른 누구에게도 사본이 없습니다\"""",
    "cli.delete.statement": "다른 곳의 사본을 어떻게 했는지. 제공자가 서명과 함께 읽습니다.",
    "cli.help.suspend": """서명한 통지로 계약을 정지합니다. 해제할 때까지 아무것도 전달되지 않습니다.

  mmd suspend 3f2a --reason "민원을 확인하고 있습니다\"""",
    "cli.suspend.reason": "이유. 상대방이 읽습니다.",
    "cli.help.resume": """내가 건 계약 정지를 해제합니다. 정지한 쪽만 해제할 수 있습니다.

  mmd resume 3f2a""",
    "cli.withdraw.yes": "다시 묻지 않고 합니다.",
    "cli.help.peers": "이 커넥터가 이름으로 아는 참여자: list, add, remove.",
    "cli.help.peers_list": "모두 보여 줍니다.",
    "cli.help.peers_add": """참여자를 등록합니다: 그 카탈로그를 검색합니다.
  mmd peers add did:web:plant.example.com""",
    "cli.help.peers_remove": "참여자를 지웁니다. 맺은 계약은 남습니다.",
    "cli.peers.did": "참여자의 DID.",
    "cli.peers.may_not_sign_option": "상대가 서명할 수 없습니다: 나만 서명한 계약을 받아들입니다. --reason이 필요합니다.",
    "cli.peers.send_token": "우리가 상대방에게 보일 토큰이 든 파일(--accept static-token과 함께). 상대방에게 받은 것입니다.",
    "cli.peers.expect_token": "상대방이 우리에게 보일 토큰이 든 파일. 없으면 새로 만들어 한 번만 보여 줍니다.",
    "cli.peers.accept": """이 상대방에 한해 눈감아 줄 점: did-without-relationships, presentations-without-audience,
unsigned-status-lists, membership-without-keys. 그런 계약마다 적힙니다.""",
    "cli.peers.reason": "예외를 두는 이유. 그런 계약마다 적힙니다.",
    "cli.help.membership": "회원이 되거나, 관리기관으로서 회원을 받습니다: request, issue, store, trust.",
    "cli.help.membership_request": "관리기관에 낼 신청서를 이 커넥터의 모든 키로 서명해 만듭니다.",
    "cli.help.membership_issue": "관리기관으로서: 신청서를 확인하고 자격증명을 발급합니다.",
    "cli.help.membership_store": "관리기관이 발급한 자격증명을 보관합니다.",
    "cli.help.membership_watch": """각 관리기관이 우리 이름으로 무엇을 발급했는지 그 기관의 로그로 확인합니다. 우리 것이 아닌 키가 묶여 있으면 1로 끝납니다.
  mmd membership watch""",
    "cli.help.membership_trust": "신뢰 파일: 관리기관의 DID와 키. 감사인에게는 이것이면 충분합니다.",
    "cli.membership.authority": "관리기관의 DID.",
    "cli.membership.output": "쓸 파일. 없으면 화면에 보여 줍니다.",
    "cli.membership.request_file": "회원의 신청서.",
    "cli.membership.credential_file": "관리기관의 답 또는 자격증명 자체(JWT).",
    "cli.help.leave": """데이터 스페이스를 떠납니다.

더는 제공하지 않고, 진행 중인 협상을 끝내며, 관리기관이 회원 자격을 거둡니다. 계약과 증거는 남습니다.""",
    "cli.help.authority": "데이터 스페이스를 엽니다: 회원을 받아들이는 관리기관: init.",
    "cli.help.authority_init": """관리기관의 폴더를 만듭니다: 키, DID, 설정, 소유자 토큰.

그다음 `mmd serve`로 시작합니다. 회원은 `mmd join`으로 신청하고, `mmd members`로 답합니다.
  mmd authority init --dir office --name "데이터 스페이스 사무국" --public-url https://office.example.kr""",
    "cli.help.members": "관리기관으로서: 회원, 가입 신청, 그 답: list, requests, approve, refuse, offer.",
    "cli.help.members_list": "회원과 자격이 취소된 회사.",
    "cli.help.members_requests": "가입을 신청한 회사와 그 결과.",
    "cli.help.members_approve": "가입을 승인합니다: 자격증명을 발급해 보냅니다.",
    "cli.help.members_refuse": "가입을 거절하고 이유를 알립니다.",
    "cli.help.members_offer": "회사에 가입 신청을, 또는 회원에게 새 자격 신청을 권합니다.",
    "cli.help.members_suspend": """관리기관으로서: 회원 자격을 정지합니다. 해제할 때까지 그 회원과의 전송이 멈춥니다.
  mmd members suspend did:web:plant.example.com --reason "회비가 밀렸습니다\"""",
    "cli.help.members_resume": "관리기관으로서: 정지를 해제합니다. 멈춘 전송이 다시 이어집니다.",
    "cli.members.request": "신청의 id 또는 신청한 회사의 DID.",
    "cli.members.country": "본사가 있는 곳의 ISO 3166 코드(KR, KR-26). 계약 조건이 이를 물을 수 있습니다.",
    "cli.members.affiliate": "이 회사가 속한 기업집단 대표 회사의 DID. 여러 번 쓸 수 있습니다.",
    "cli.members.claim": "회원증에 적을 그 밖의 사실. 여러 번 쓸 수 있습니다.",
    "cli.members.reason": "거절하는 이유. 그 회사가 읽습니다. 꼭 필요합니다.",
    "cli.members.holder": "회사의 DID.",
    "cli.members.offer_reason": "한 단어로. 상대 커넥터가 보여 줍니다. 재발급이면 reissue.",
    "cli.help.join": """관리기관에 회원 가입을 신청합니다. DID가 없으면 신청한 것과 권유받은 것을 보여 줍니다.
  mmd join did:web:office.example.com --wait""",
    "cli.join.authority": "관리기관의 DID.",
    "cli.join.wait": "관리기관의 답을 기다립니다.",
    "cli.join.timeout": "기다릴 시간. 그 뒤에도 신청은 관리기관에 남습니다.",
    "cli.help.anchors": "어떤 자격증명을 누가 발급하면 믿는지: list, add, remove, refresh, export.",
    "cli.help.anchors_list": "관리기관마다 서명한 목록: 버전, 언제까지 유효한지, 누가 올라 있는지.",
    "cli.help.anchors_add": """관리기관으로서: 어떤 종류의 자격증명에 대해 발급자를 신뢰 목록에 올립니다. 새 버전에 서명하고 회원에게 알립니다.
  mmd anchors add did:web:lab.example.com --type QualityCredential""",
    "cli.help.anchors_remove": "관리기관으로서: 발급자를 한 종류 또는 모든 종류에서 신뢰 목록에서 뺍니다.",
    "cli.help.anchors_refresh": "모든 관리기관에 지금 목록을 물어봅니다.",
    "cli.help.anchors_export": """목록에서 만든 감사인용 신뢰 파일: 발급자의 키와 회원이 잃어버린 키.
  mmd anchors export -o trust.json""",
    "cli.anchors.did": "발급자의 DID.",
    "cli.anchors.type": "자격증명의 종류. 예: MembershipCredential.",
    "cli.anchors.removed_type": "이 종류만. 없으면 모든 종류.",
    "cli.anchors.authority": "우리 관리기관 중 하나의 DID. 없으면 모두.",
    "cli.help.revoke": """관리기관으로서: 회원 자격을 영구히 취소합니다. 그 회원과의 전송은 바로 끝납니다.
  mmd revoke did:web:plant.example.com --reason "회사가 문을 닫았습니다\"""",
    "cli.revoke.did": "회원의 DID 전체.",
    "cli.revoke.reason": "이유. 꼭 필요합니다.",
    "cli.help.search": """다른 참여자가 제안하는 것을 검색합니다.
  mmd search 건조 온도""",
    "cli.search.words": "찾을 단어, 한국어나 영어. 없으면 모두.",
    "cli.search.provider": "이 참여자에게만 묻습니다.",
    "cli.help.show": """데이터셋 하나(내 것이든 남의 것이든)를 제안과 조항까지, 또는 협상 하나를 오간 말까지 모두 보여 줍니다.
  mmd show 3f2a""",
    "cli.show.dataset": "데이터셋 또는 협상: 식별자 또는 하나로 정해지는 앞부분.",
    "cli.show.provider": "이 참여자에게만 묻습니다.",
    "cli.help.negotiate": """계약을 요청하고 양쪽이 서명할 때까지 기다립니다.
  mmd negotiate urn:uuid:3f2a…""",
    "cli.negotiate.dataset": "데이터셋: 식별자 또는 하나로 정해지는 앞부분(`mmd search`가 보여 줍니다).",
    "cli.negotiate.provider": "여럿이 제안할 때 누구의 것인지.",
    "cli.negotiate.offer": "어느 제안인지. 없으면 커넥터가 첫째 것을 고릅니다.",
    "cli.negotiate.wait": "끝까지 기다리거나, 시작만 합니다.",
    "cli.negotiate.timeout": "상대방을 기다리는 시간(초).",
    "cli.help.fetch": """한 번에 데이터를 받습니다: 있는 계약을 쓰거나 새로 협상하고, 받아서, 확인하고, 파일로 씁니다.
한쪽이 끝낸 계약을 저절로 새로 맺지는 않습니다: --negotiate로 새 계약을 요청하세요.
  mmd fetch urn:uuid:3f2a… -o dryer.csv --purpose 품질예측""",
    "cli.fetch.dataset": "데이터셋: 식별자 또는 하나로 정해지는 앞부분(`mmd search`가 보여 줍니다).",
    "cli.fetch.output": "쓸 파일. 온전하고 확인된 것만 나타납니다.",
    "cli.fetch.purpose": "데이터를 쓰는 목적: quality-prediction 같은 이름, 한국어 이름, 또는 IRI.",
    "cli.fetch.person": "누가 요청했는지. 수령증에는 솔트를 섞은 다이제스트만 남습니다.",
    "cli.fetch.provider": "여럿이 제안할 때 누구의 것인지.",
    "cli.fetch.contract": "이 계약을 씁니다(식별자 또는 하나로 정해지는 앞부분).",
    "cli.fetch.negotiate": "항상 새 계약을 요청하거나, 절대 요청하지 않습니다.",
    "cli.fetch.resume": "끊긴 이 전달을 이어서 받습니다.",
    "cli.fetch.push": "데이터를 가지러 가지 않고, 제공자가 우리 커넥터로 보내게 합니다.",
    "cli.fetch.timeout": "상대방 또는 다음 바이트를 기다리는 시간(초).",
    "cli.help.transfers": """전송 목록 또는 전송 하나와 거기서 주고받은 메시지를 보여 줍니다.
  mmd transfers --contract 3f2a""",
    "cli.transfers.transfer": "전송: 식별자 또는 하나로 정해지는 앞부분.",
    "cli.transfers.of_contract": "이 계약에 따른 전송만(식별자 또는 하나로 정해지는 앞부분).",
    "cli.help.contracts": """계약 목록 또는 계약 하나(조항, 전달, 통지)를 보여 줍니다.
  mmd contracts 3f2a""",
    "cli.contracts.contract": "계약: 식별자 또는 하나로 정해지는 앞부분.",
    "cli.contracts.negotiations": "대신 협상을 봅니다. 계약이 되지 않은 것도 함께.",
    "cli.contracts.after": "이것 다음부터: 앞 페이지의 마지막.",
    "cli.contracts.limit": "몇 개까지, 최대 1000.",
    "cli.help.contract": """계약을 사람이 읽는 문서로 보여 줍니다: 당사자, 데이터, 조항과 지키는 주체, 서명, 검증 방법.
서명된 바이트만으로 만들므로 같은 계약에서는 늘 같은 문서가 나옵니다. 커넥터 없이 증거 파일에서도 만들 수 있습니다.
  mmd contract 3f2a --lang ko -o contract.pdf
  mmd contract evidence.zip""",
    "cli.contract.what": "계약: 식별자 또는 하나로 정해지는 앞부분. 증거 파일도 됩니다.",
    "cli.contract.output": "쓸 파일. 이름이 .pdf, .html, .txt로 끝나야 합니다. 없으면 화면에 보여 줍니다.",
    "cli.help.evidence": """계약에 관한 모든 것을, 모르는 사람도 오프라인에서 검증할 수 있는 파일 하나로 씁니다.
여러 계약, 한 상대방과의 계약, 한 기간의 계약은 묶음 하나로 씁니다. 만드는 대로 쓰고 전체에 서명합니다.
  mmd evidence 3f2a -o contract.zip
  mmd evidence --partner did:web:data.example.com --since 2026-01-01 -o year.zip""",
    "cli.evidence.contract": "계약: 식별자 또는 하나로 정해지는 앞부분. 여럿이면 묶음이 됩니다.",
    "cli.evidence.output": "쓸 파일(ZIP).",
    "cli.evidence.partner": "이 참가자와 맺은 모든 계약.",
    "cli.evidence.since": "이날부터 합의된 계약(2026-01-01, 또는 시간대가 있는 시각).",
    "cli.evidence.until": "이날까지 합의된 계약.",
    "cli.evidence.attach": "계약이 SHA-256으로 가리키는 파일(품질 보고서, 종이 동의서). 보관하고 증거에 넣습니다.",
    "cli.evidence.without_personal": "사람이 쓴 내용이 있을 수 있는 메시지와 사람 명단, 동의서를 뺍니다. 다이제스트는 남아 나중에 증명할 수 있습니다.",
    "cli.help.gaiax": "Gaia-X: 회사 정보, 자격 증명, 다른 회사 자격 증명의 판정.",
    "cli.help.gaiax_company": """회사의 법적 정보를 기록합니다.
한국에서는 사업자등록번호가 `tax`, 법인등록번호가 `local`, LEI가 `lei`입니다.""",
    "cli.help.gaiax_export": "우리의 Gaia-X 자격 증명과 참조 문서를 한 파일로 기록합니다.",
    "cli.help.gaiax_verify": """Gaia-X 자격 증명을 아홉 가지 검사로 판정합니다. 파일은 네트워크 없이, 참여자는 DID로 판정합니다.
종료 코드: 0 확인됨, 1 거짓, 2 판정할 수 없음.""",
    "cli.gaiax.legal_name": "등기된 이름.",
    "cli.gaiax.kind": "번호의 종류.",
    "cli.gaiax.number": "등록 번호.",
    "cli.gaiax.country": "두 글자 국가 코드(ISO 3166-1).",
    "cli.gaiax.address": "주소의 일부.",
    "cli.gaiax.output": "기록할 곳.",
    "cli.gaiax.what": "`mmd gaiax export`의 파일 또는 DID.",
    "cli.gaiax.anchors": "신뢰하는 기관의 PEM 인증서.",
    "cli.gaiax.laboratory": "평문 HTTP의 DID를 허용합니다.",
    "cli.help.verify": """증거 파일을 번호가 매겨진 검사로 오프라인에서 판정합니다. 커넥터도 네트워크도 필요 없습니다.
종료 코드: 0 검증됨, 1 거짓이 있음, 2 판정할 수 없음.
  mmd verify contract.zip --trust trust.json""",
    "cli.verify.file": "증거 파일.",
    "cli.verify.trust": "누구를 믿을지: 관리기관의 신뢰 파일, JWK 키 파일, 또는 multibase 키(z…).",
    "cli.verify.jobs": "묶음의 계약을 동시에 판정하는 프로세스 수. 없으면 하나, 큰 묶음은 프로세서마다 하나.",
    "cli.verify.html": "판정을 웹 문서로도 씁니다: 확인 항목마다 증명하는 것과 증명하지 않는 것.",
    "cli.verify.at": "이 시각을 기준으로 판정합니다(2026-12-31T18:00:00+09:00). 없으면 지금.",
    "cli.help.demo": """이 컴퓨터 위의 작은 데이터 스페이스: 진짜 키, 진짜 데이터, 서명된 계약, 거절, 감사인.
  mmd demo --dir demo""",
    "cli.demo.keep": "끝나도 커넥터를 켜 두고 주소를 보여 줍니다.",
}
