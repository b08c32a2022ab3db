// A second verifier of evidence files, written from docs/evidence.md; it has no sentences to make the document (4.7) with.
// node verify.mjs FILE… [--trust FILE] [--at TIME]: one line of JSON for each file: {file, exit, checks: [[no, id, verdict, why]]}.
import { readFileSync } from "node:fs";
import { base58, base64, bit, canon, checkpoint, checkProof, consistent, digestOf, fileDigest, fits, included, isObject, jwt, jwtHolds, KINDS, multikey, must, need, no, parse, same, sha, time, tlogProof, unknown, unzip } from "./standards.mjs";
import { absent as isAbsent, answers, checkAnnexes, checkDeliveries, checkShown, fitsTerms, inTime, withheld } from "./notices.mjs";
import { annexKind, NOTICES, TYPES } from "./shapes.mjs";
import { readTerms } from "./terms.mjs";
import { boundedAt, checkWitnesses } from "./witnesses.mjs";

const MMD = "https://w3id.org/my-manufacturing-data/v1/", ROLES = ["provider", "consumer"];
const CONTEXT = ["https://www.w3.org/ns/credentials/v2", MMD + "context.jsonld"], TOLERANCE = 300_000;
// --- section 4: the signed documents -----------------------------------------------------------------------------------------------
function readSigned(doc, type) {
  const subject = doc.credentialSubject, found = { doc, subject, type, known: true, digest: digestOf(doc) };
  must(same(doc["@context"], CONTEXT) && same(doc.type, ["VerifiableCredential", type]) && isObject(doc.proof) && fits(doc, { id: "text", issuer: "text" }) && fits(subject, { id: "text", format: "text" }), "frame");
  found.at = time(doc.validFrom);
  if (subject.format !== TYPES[type][0]) return { ...found, known: false };
  must(fits(subject, TYPES[type][1]), "shape");
  must(type !== "AgreementCredential" || (subject.role === "assigner" && subject.type === "DataContract"), "role");
  if (type === "Notice") must(Object.hasOwn(NOTICES, subject.kind) && fits(subject.content, NOTICES[subject.kind][1]) && subject.number > 0 && Object.keys(subject.content).every((name) => name in NOTICES[subject.kind][1]), "notice");
  return found;
}
// --- section 3: the files --------------------------------------------------------------------------------------------
const NUMBER = "(?!0000)\\d{4,5}", ROLE = "(?:provider|consumer)";
const PLACE = new RegExp(`^(?:agreement\\.json|dataset\\.json|document\\.json|did/${ROLE}\\.json|signatures/[PCRT]\\.json|memberships/${ROLE}\\.jwt|status/[0-9a-f]{64}\\.jwt|` +
  `notices/${ROLE}/${NUMBER}\\.json|log/${ROLE}/(?:entry\\.json|proof\\.tlog|consistency\\.json|witnesses\\.txt|witnessed/${NUMBER}\\.tlog)|messages/${NUMBER}\\.json|annexes/[0-9a-f]{64}\\.(?:json|bin)|shown/[0-9a-f]{64}\\.txt|conflicting/${NUMBER}\\.json)$`);
function membership(bytes) {
  const token = jwt(bytes.toString("latin1")), { iss, sub, jti, nbf, exp, vc } = token.claims, subject = vc.credentialSubject;
  must(vc.type.includes("MembershipCredential") && vc.issuer === iss && subject.id === sub && vc.id === jti && subject[MMD + "memberOf"] === iss, "membership");
  return { ...token, did: sub, issuer: iss, contractKey: multikey(subject[MMD + "contractKey"]), logKey: multikey(subject[MMD + "logKey"]), logOrigin: subject[MMD + "logOrigin"],
    from: Math.max(nbf * 1000, time(vc.issuanceDate)), until: Math.min(exp * 1000, time(vc.expirationDate)), entries: [vc.credentialStatus ?? []].flat() };
}
function message(value) {
  must(value.label === "exporter's copy" && ["sent", "received"].includes(value.direction) && KINDS.text(value.type) && time(value.time), "message");
  return { bytes: base64(value.body), digest: value.digest ?? null };
}
function openCase(files, trust, now) {
  const found = { files, trust, now, problems: [], strange: [], docs: {}, memberships: {}, did: {}, notices: { provider: [], consumer: [] }, messages: [], conflicting: [], annexes: {} };
  const read = (path, reader) => {
    if (!files.has(path)) return undefined;
    try { return reader(files.get(path)); } catch (error) { return void found.problems.push(`${path}: ${error.message}`); }
  };
  const object = (path) => read(path, (bytes) => { const value = parse(bytes); return (must(isObject(value), "object"), value); });
  const signed = (path, type) => {
    const doc = read(path, (bytes) => readSigned(parse(bytes), type));
    if (doc && !doc.known) { found.strange.push(path); found.docs[path] = doc; }
    return doc?.known ? doc : undefined;
  };
  Object.assign(found, { agreement: object("agreement.json"), dataset: object("dataset.json"), statement: signed("statement.json", "EvidenceStatement") });
  Object.keys(TYPES).slice(0, 4).forEach((type, place) => { found["PCRT"[place]] = signed(`signatures/${"PCRT"[place]}.json`, type); });
  for (const role of ROLES) {
    found.memberships[role] = read(`memberships/${role}.jwt`, membership);
    found.did[role] = read(`did/${role}.json`, (bytes) => { const doc = parse(bytes); must(KINDS.text(doc.id) && Array.isArray(doc.verificationMethod), "DID"); return doc; });
    object(`log/${role}/consistency.json`);
  }
  for (const path of [...files.keys()].sort((one, other) => one.length - other.length || (one < other ? -1 : 1))) {
    const [folder, role] = path.split("/");
    if (folder === "notices") { const notice = signed(path, "Notice"); if (notice) found.notices[role].push({ ...notice, path }); }
    if (folder === "messages") { const body = read(path, (bytes) => message(parse(bytes))); if (body) found.messages.push(body); }
    if (folder === "shown") read(path, (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (folder === "annexes" && path.endsWith(".json")) { const kind = read(path, (bytes) => annexKind(bytes, parse(bytes)) ?? void found.strange.push(path)); if (kind) found.annexes[path] = kind; }
    const second = folder === "conflicting" && read(path, (bytes) => { const value = parse(bytes); return readSigned(value, value.type?.[1] in TYPES ? value.type[1] : "Notice"); });
    if (second) found.conflicting.push(second);
  }
  return found;
}
const proofOf = (c, role) => tlogProof(need(c.files.get(`log/${role}/proof.tlog`), "proof").toString("utf8"));
const checkSignature = ({ doc }, { did, key }) => (must(doc.issuer === did, "issuer"), checkProof(doc, did, key.key));
const party = (c, role) => need(KINDS.text(c.agreement?.[role === "provider" ? "assigner" : "assignee"]) ? c.agreement[role === "provider" ? "assigner" : "assignee"] : null, "agreement");
const roleOf = (c, did) => ROLES.find((role) => party(c, role) === did) ?? no("not a party");
const documentKey = (c, role, id) => {
  const doc = need(c.did[role], "DID document"), full = (name) => (name.startsWith("#") ? doc.id + name : name);
  const asserts = (doc.assertionMethod ?? []).map((item) => full(item.id ?? item)), method = doc.verificationMethod.find((item) => full(item.id) === id);
  return method?.publicKeyMultibase && asserts.includes(id) ? multikey(method.publicKeyMultibase) : undefined;
};
const absent = (c, role) => need(c.files.has(`memberships/${role}.jwt`) ? null : true, "membership unreadable");
function signerOf(c, role) {
  const did = party(c, role), own = [c.P, c.C, c.R, c.T].find((doc) => doc?.doc.issuer === did);
  return { did, key: need(c.memberships[role]?.contractKey ?? (absent(c, role) && documentKey(c, role, own?.doc.proof.verificationMethod ?? `${did}#contract-1`)), "key") };
}
const logKey = (c, role) => need(c.memberships[role]?.logKey ?? (absent(c, role) && documentKey(c, role, `${party(c, role)}#log-1`)), "log key");
const authority = (c) => c.P?.subject.authority ?? (need(c.P, "P"), unknown("no authority"));
const membershipOf = (c, role) => c.memberships[role] ?? (absent(c, role), unknown("no membership"));
function issuerKey(c, issuer, kid) {
  const known = (c.trust ?? unknown("no trust")).authorities.find(({ did }) => did === issuer || did === "*") ?? unknown("authority");
  return known.keys.find((key) => key.kid === kid || key.kid === "*") ?? unknown("authority's key");
}
// --- section 8: the checks, from number 3 ----------------------------------------------------------------------------
const P = (c) => need(c.P, "P"), C = (c) => need(c.C, "C"), R = (c) => need(c.R, "R"), late = (at, before) => at > time(before);
const signature = (c, name, role) => checkSignature(need(c[name] ?? c.docs[`signatures/${name}.json`], name), signerOf(c, role));
function statusList(c, digest, issuer, use, entry, at) {
  const path = `status/${digest.slice(7)}.jwt`, token = jwt(need(c.files.get(path), path).toString("latin1"));
  const key = c.trust && issuerKey(c, issuer, token.header.kid), list = token.claims.vc ?? token.claims, subject = list.credentialSubject;
  const from = Math.max((token.claims.nbf ?? 0) * 1000, time(list.issuanceDate ?? list.validFrom)), end = Math.min((token.claims.exp ?? Infinity) * 1000, list.expirationDate ?? list.validUntil ? time(list.expirationDate ?? list.validUntil) : Infinity);
  must(token.digest === digest && list.id === entry.statusListCredential && list.issuer === issuer && [subject.statusPurpose].flat().includes(entry.statusPurpose), "status list");
  must(!key || (jwtHolds(token, multikey(key.publicKeyMultibase).key) && !(key.validUntil && late(from, key.validUntil))), "status list's signature");
  must(from - TOLERANCE <= at && at <= from + use.maxAgeSeconds * 1000 + TOLERANCE && at <= end + TOLERANCE, "status list's age");
  must(bit(subject.encodedList, Number(entry.statusListIndex)) === 0, "taken back");
}
const CHECKS = {
  manifest(c) {
    const listed = c.manifest.files, found = [...c.files.keys()].filter((path) => !["manifest.json", "statement.json"].includes(path));
    must(Object.keys(listed).every((path) => c.files.has(path) || (PLACE.test(path) && (withheld(path, listed[path]) || isAbsent(path, listed[path])))), "missing");
    for (const path of found) must(PLACE.test(path) && same(listed[path] ?? null, { bytes: c.files.get(path).length, digest: fileDigest(c.files.get(path)) }), path);
    for (const path of ["agreement.json", "dataset.json", "did/provider.json", "did/consumer.json", "statement.json"]) must(c.files.has(path), path);
  },
  documents(c) { must(!c.problems.length, c.problems[0]); if (c.strange.length) unknown(c.strange[0]); },
  signers(c) {
    const missing = [..."PCR"].filter((name) => !c.files.has(`signatures/${name}.json`));
    const first = missing[0] === "P", excepted = c.P?.subject.exception ?? (first ? c.statement?.subject.exception : null), role = first ? "provider" : "consumer";
    if (missing.length && !first && c.files.has("signatures/T.json")) unknown("terminated");
    if (missing.length && (must(excepted && missing.join() !== "R" && excepted.peer === party(c, role) && !c.memberships[role], "missing " + missing), true)) unknown("one-sided");
  },
  agreement(c) {
    const p = P(c), all = [p, c.C, c.R].filter(Boolean), equal = same(p.subject.agreement, need(c.agreement, "agreement"));
    must(equal && all.every(({ subject }) => subject.agreementDigest === digestOf(c.agreement) && subject.id === c.agreement["@id"]), "digest or id");
  },
  roles(c) {
    const { doc, subject } = need(c.agreement, "agreement") && P(c), { assigner, assignee } = subject.agreement;
    must(doc.issuer === assigner && KINDS.text(assignee) && assigner !== assignee && same(subject.requiredSigners, [assigner, assignee]), "P");
    must(!c.C || (c.C.doc.issuer === assignee && same(c.C.subject.requiredSigners, subject.requiredSigners)), "C");
    must(!c.R || c.R.doc.issuer === assigner, "R");
  },
  authority(c) {
    const named = authority(c);
    must(!c.C || same(c.C.subject.authority ?? null, named), "C");
    for (const role of ROLES) {
      const held = c.memberships[role] ?? (absent(c, role), null);
      must((held?.digest ?? null) === (named.memberships[role] ?? null) && (!held || held.issuer === named.did), role);
    }
  },
  keys(c) {
    for (const role of ROLES) {
      const did = party(c, role), doc = need(c.did[role], "DID document"), held = c.memberships[role], signed = role === "provider" ? c.P ?? c.R : c.C;
      must(doc.id === did, "DID");
      const shown = doc.verificationMethod.map(({ id }) => documentKey(c, role, id.startsWith("#") ? did + id : id)?.raw.toString("hex"));
      must(!held || (held.did === did && shown.includes(held.logKey.raw.toString("hex"))), "log key");
      must(!held || !signed || documentKey(c, role, signed.doc.proof.verificationMethod)?.raw.equals(held.contractKey.raw), "contract key");
    }
    const own = c.statement && ROLES.find((role) => party(c, role) === c.statement.doc.issuer), entry = own && c.files.has(`log/${own}/proof.tlog`) && c.files.get(`log/${own}/entry.json`);
    for (const [role, digest] of Object.entries((entry && parse(entry).extra?.didDocuments) || {})) must(digest === digestOf(c.did[role]), "DID document logged");
  },
  provider: (c) => signature(c, "P", "provider"), consumer: (c) => signature(c, "C", "consumer"),
  countersigns: (c) => must(C(c).subject.countersigns === P(c).digest, "C is over another P"),
  receipt: (c) => signature(c, "R", "provider"), "receipt-for": (c) => must(R(c).subject.receiptFor === C(c).digest, "R is over another C"),
  dataset(c) {
    const { subject } = P(c), described = need(c.dataset, "dataset"), leave = (value, names) => Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
    must(subject.dataset.id === subject.agreement.target && described["@id"] === subject.dataset.id && described[MMD + "contentDigest"] === subject.dataset.digest, "data");
    if (!subject.offerId.startsWith("ni:///sha-256;")) return;
    const terms = leave(subject.agreement, ["@context", "@id", "@type", "target", "assigner", "assignee", "timestamp"]);
    const named = canon({ description: leave(described, ["hasPolicy", "distribution", "@context"]), target: subject.dataset.id, terms });
    must(subject.offerId.slice(14) === sha(named).toString("base64url"), "offer");
  },
  times(c) {
    const p = P(c), claimed = [time(p.subject.agreement.timestamp), ...[p, c.C, c.R].filter(Boolean).map(({ at }) => at)], notices = ROLES.flatMap((role) => c.notices[role]);
    must(claimed.every((at, place) => !place || at >= claimed[place - 1] - TOLERANCE), "order");
    must(!c.C || (!late(c.C.at, p.subject.countersignBefore) && !(c.R && late(c.R.at, c.C.subject.finalizeBefore))), "late");
    if ([p, c.C, c.R, c.T, c.statement, ...notices].some((doc) => doc && doc.at > c.now + TOLERANCE)) unknown("future");
  },
  "log-entry"(c) {
    const receipt = R(c), held = c.memberships.provider;
    must(!held || held.logOrigin === receipt.subject.logOrigin, "log origin");
    for (const role of ROLES) {
      const bytes = c.files.get(`log/${role}/entry.json`);
      if (role === "consumer" && !(bytes && c.files.has("log/consumer/proof.tlog"))) continue;
      must(bytes && c.files.has(`log/${role}/proof.tlog`), "log proof missing");
      const entry = parse(bytes);
      must(canon(entry) === bytes.toString("utf8") && same(Object.keys(entry).filter((name) => name !== "extra").sort(), ["commitsTo", "format", "kind", "salt", "time"]) && entry.format === "mmd-entry/1", "entry");
      must(base64(entry.salt, "base64url").length === 16 && time(entry.time) && entry.kind === "contract" && entry.commitsTo === receipt.digest, "entry");
    }
  },
  "log-proof"(c) {
    for (const role of ROLES) {
      if (!c.files.has(`log/${role}/entry.json`) || !c.files.has(`log/${role}/proof.tlog`)) { if (role === "provider") { R(c); no("missing"); } continue; }
      const { index, path, note } = proofOf(c, role), origin = role === "provider" ? R(c).subject.logOrigin : c.memberships[role]?.logOrigin ?? note.split("\n")[0];
      const { size, root } = checkpoint(note, origin, logKey(c, role));
      must(included(index, size, sha(Buffer.from([0]), c.files.get(`log/${role}/entry.json`)), path).equals(root), "root");
    }
  },
  "notice-signatures"(c) {
    const strange = (role) => c.strange.filter((path) => path.startsWith(`notices/${role}/`)).map((path) => c.docs[path]);
    for (const role of ROLES) for (const notice of [...c.notices[role], ...strange(role)]) checkSignature(notice, signerOf(c, role));
  },
  "notice-chains"(c) {
    const over = C(c).digest, id = need(c.agreement, "agreement")["@id"], terms = readTerms(c.agreement);
    for (const role of ROLES) c.notices[role].forEach(({ doc, subject, path }, place) => {
      const other = c.notices[ROLES.find((name) => name !== role)], before = c.notices[role][place - 1];
      must(path === `notices/${role}/${String(subject.number).padStart(4, "0")}.json` && NOTICES[subject.kind][0].includes(role) && doc.issuer === party(c, role), "place");
      must(subject.number === place + 1 && (subject.previous ?? null) === (before?.digest ?? null) && subject.id === id && subject.countersignature === over, "chain");
      must(!subject.seen || other[subject.seen.number - 1]?.digest === subject.seen.digest, "seen");
      must(answers(subject, c.notices[role].slice(0, place), other.slice(0, subject.seen?.number ?? 0)) && fitsTerms(subject, role, terms), "answer");
    });
  },
  confirmed(c) {
    const receipt = R(c), first = c.notices.consumer.find(({ subject }) => subject.kind === "holds-receipt") ?? unknown("not confirmed");
    must(first.subject.content.receipt === receipt.digest, "another R");
  },
  deliveries: (c) => checkDeliveries(c, P(c).subject.dataset),
  contradictions(c) {
    const place = ({ type, subject, doc }) => canon([type, doc.issuer, type === "Notice" ? subject.number : 0]), held = [c.P, c.C, c.R, c.T, ...c.notices.provider, ...c.notices.consumer].filter(Boolean);
    if (c.files.has("signatures/T.json")) {
      const t = need(c.T, "T"), { subject, digest } = P(c), signer = signerOf(c, roleOf(c, t.doc.issuer));
      must([digest, c.C?.digest].includes(t.subject.over) && t.subject.id === subject.id && t.subject.providerPid === subject.providerPid && t.subject.consumerPid === subject.consumerPid, "T");
      must(!(checkSignature(t, signer), c.R), "T and R");
    }
    for (const doc of c.conflicting) {
      checkSignature(doc, signerOf(c, roleOf(c, doc.doc.issuer)));
      must(!held.some((other) => place(other) === place(doc) && other.digest !== doc.digest && doc.subject.id === need(c.agreement, "agreement")["@id"]), "two words");
      no("no contradiction");
    }
    const terms = c.agreement && readTerms(c.agreement);
    must([...c.notices.provider, ...c.notices.consumer].every((notice) => inTime(notice, terms)), "withdrawal too early");
  },
  attribution(c) {
    for (const held of authority(c) && ROLES.map((role) => membershipOf(c, role))) {
      const key = issuerKey(c, held.issuer, held.header.kid);
      if (!jwtHolds(held, multikey(key.publicKeyMultibase).key)) (key.kid === "*" ? unknown : no)("membership's signature");
    }
  },
  validity(c) {
    let end = Infinity;
    const bounded = boundedAt(c, (role) => logKey(c, role));
    for (const role of authority(c) && ROLES) {
      const held = membershipOf(c, role), signed = role === "provider" ? [c.P, c.R] : [c.C];
      for (const doc of signed) must(!doc || (held.from - TOLERANCE <= doc.at && doc.at <= held.until), "outside the membership");
      end = Math.min(end, held.until);
      const key = c.trust && issuerKey(c, held.issuer, held.header.kid);
      must(!(key?.validFrom && held.from < time(key.validFrom) - TOLERANCE) && !(key?.validUntil && late(held.from, key.validUntil)), "outside the key's period");
      if (key?.validUntil && late(c.now, key.validUntil) && late(bounded, key.validUntil)) unknown("key expired");
    }
    if (c.now > end && bounded > end) unknown("membership expired");
  },
  status(c) {
    authority(c);
    const signed = [[P(c), "consumer"], [C(c), "provider"]], named = signed.flatMap(([{ subject }]) => subject.statusLists?.lists ?? []).map(({ digest }) => `status/${digest.slice(7)}.jwt`);
    must([...c.files.keys()].every((path) => !path.startsWith("status/") || named.includes(path)), "not named");
    for (const [{ subject, at }, role] of signed) {
      const held = membershipOf(c, role), entries = held.entries.filter(({ statusPurpose }) => !["refresh", "message"].includes(statusPurpose)), lists = subject.statusLists?.lists ?? [];
      must(same([...new Set(entries.map(({ statusListCredential }) => statusListCredential))].sort(), lists.map(({ id }) => id).sort()), "other lists");
      for (const entry of entries) statusList(c, lists.find(({ id }) => id === entry.statusListCredential).digest, held.issuer, subject.statusLists, entry, at);
    }
    if (named.length && !c.trust) unknown("no trust");
  },
  messages(c) {
    need(c.messages.length || null, "no messages");
    for (const { bytes, digest } of c.messages) {
      let body, form;
      try { form = digestOf(parse(bytes)); } catch { form = null; }
      must(form === digest, "digest");
      try { body = parse(bytes, true); } catch { body = null; } // kept as it came; what is no JSON carries no signature
      if (!isObject(body) || !(MMD + "signatures" in body)) continue;
      const text = base64(body[MMD + "signatures"], "base64url"), carried = parse(text);
      must(canon(carried) === text.toString("utf8"), "form");
      for (const name of "PCRT") must(!carried[name] || (c[name] && same(carried[name], c[name].doc)), name);
    }
  },
  statement(c) {
    const strange = c.docs["statement.json"]; if (strange) checkSignature(strange, signerOf(c, roleOf(c, strange.doc.issuer)));
    const { doc, subject } = need(c.statement, "statement"), role = roleOf(c, doc.issuer), highest = (name) => { const last = c.notices[name].at(-1); return last ? { number: last.subject.number, digest: last.digest } : null; };
    must(canon(doc) === c.files.get("statement.json").toString("utf8") && subject.id === need(c.agreement, "agreement")["@id"], "form");
    checkSignature(c.statement, signerOf(c, role));
    must(subject.manifest === fileDigest(c.files.get("manifest.json")) && (subject.termination ?? null) === (c.T?.digest ?? null), "manifest or T");
    for (const name of ROLES) must(same(subject.highestNotices[name] ?? null, highest(name)) && (name === role || !c.files.has(`log/${name}/consistency.json`)), name);
    must(!subject.takenUp || subject.takenUp.by === party(c, ROLES.find((name) => name !== role)), "taken up");
    if (!subject.checkpoint) return;
    const origin = c.memberships[role]?.logOrigin ?? subject.checkpoint.split("\n")[0], young = checkpoint(subject.checkpoint, origin, logKey(c, role)), bytes = c.files.get(`log/${role}/consistency.json`);
    if (!c.files.has(`log/${role}/proof.tlog`) || !c.files.has(`log/${role}/entry.json`)) return;
    const old = checkpoint(proofOf(c, role).note, origin, logKey(c, role)), shown = bytes && parse(bytes);
    if (!shown && old.size < young.size) unknown("log not continued");
    must(!shown || (BigInt(shown.oldSize) === old.size && BigInt(shown.newSize) === young.size), "sizes");
    consistent(old, young, (shown?.hashes ?? []).map((hash) => base64(hash)));
  },
  document() { need(null, "other words"); },
  witnesses: (c) => checkWitnesses(c, (role) => logKey(c, role)), annexes: checkAnnexes, shown: (c) => checkShown(c, P(c)),
};
export function judge(data, trust, now) {
  let files, manifest;
  try { files = unzip(data); } catch { return { exit: 2, checks: [[1, "container", "unknown", "unreadable"]] }; }
  try { manifest = parse(files.get("manifest.json")), must(manifest.format === "mmd-evidence/1" && isObject(manifest.files), "format"); } catch { return { exit: 2, checks: [[1, "container", "ok", ""], [2, "format", "unknown", "manifest"]] }; }
  const found = { ...openCase(files, trust, now), manifest }, checks = Object.entries(CHECKS).map(([id, check], place) => {
    try { check(found); return [place + 3, id, "ok", ""]; } catch (error) { return [place + 3, id, error.verdict ?? "failed", error.message]; }
  });
  const bad = checks.some(([, , verdict]) => verdict === "failed"), optional = ["deliveries", "messages", "document", "witnesses", "annexes", "shown"];
  const good = checks.every(([, id, verdict]) => verdict === "ok" || (verdict === "skipped" && optional.includes(id)));
  return { exit: bad ? 1 : good ? 0 : 2, checks: [[1, "container", "ok", ""], [2, "format", "ok", ""], ...checks] };
}
if (process.argv[1]?.endsWith("verify.mjs")) {
  const args = process.argv.slice(2), option = (name) => { const place = args.indexOf(name); return place < 0 ? undefined : args.splice(place, 2)[1]; };
  const trust = option("--trust"), at = option("--at"), verdicts = args.map((file) => ({ file, ...judge(readFileSync(file), trust && parse(readFileSync(trust)), at ? time(at) : Date.now()) }));
  process.exitCode = Math.max(0, ...verdicts.map((verdict) => (console.log(JSON.stringify(verdict)), verdict.exit)));
}
