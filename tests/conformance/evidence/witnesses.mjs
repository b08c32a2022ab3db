// Sections 6 and 8, check 30: cosignatures of witnesses on the logs, and the policy beside them (C2SP tlog-cosignature, tlog-policy).
import { verify } from "node:crypto";
import { base64, checkpoint, included, multikey, must, need, sha, time, tlogProof, unknown } from "./standards.mjs";

const ROLES = ["provider", "consumer"], TOLERANCE = 300_000;

/** All cosignatures by known witnesses in one proof: {raw, at, outside}. `known`: [{name, raw, key, outside, until}]. */
function seenIn(bytes, entry, { origin, key }, known) {
  const { index, path, note } = tlogProof(bytes.toString("utf8")), { size, root } = checkpoint(note, origin, key), cut = note.indexOf("\n\n"), text = note.slice(0, cut + 1);
  must(included(index, size, sha(Buffer.from([0]), entry), path).equals(root), "root");
  const found = [];
  for (const line of note.slice(cut + 2).split("\n").filter(Boolean)) {
    const [, name, signature] = line.split(" "), data = base64(signature);
    const witness = known.find((one) => one.name === name && sha(`${name}\n\x04`, one.raw).subarray(0, 4).equals(data.subarray(0, 4)));
    if (!witness) continue;
    must(data.length === 76, "cosignature");
    const seconds = data.readBigUInt64BE(4), message = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
    must(seconds > 0n && seconds < 253370764800n && verify(null, message, witness.key, data.subarray(12)), "cosignature");
    const at = Number(seconds) * 1000;
    if (witness.until === undefined || at <= witness.until) found.push({ raw: witness.raw, at, outside: witness.outside });
  }
  return found;
}
/** Whether the policy names this log, and its quorum is reached by these keys. */
function reached(bytes, raw, keys) {
  const witnesses = {}, groups = {}, logs = [];
  let quorum;
  const keyOf = (vkey, type) => { const data = base64(vkey.split("+").slice(2).join("+")); must(data.length === 33 && data[0] === type, "vkey"); return data.subarray(1); };
  for (const line of bytes.toString("utf8").split("\n").map((text) => text.split(/[ \t]+/).filter(Boolean))) {
    if (!line.length || line[0].startsWith("#")) continue;
    const [kind, name, ...rest] = line;
    if (kind === "log") logs.push(keyOf(name, 1));
    else if (kind === "witness") witnesses[name] = keyOf(rest[0], 4);
    else if (kind === "group") groups[name] = { members: rest.slice(1), least: { all: rest.length - 1, any: 1 }[rest[0]] ?? Number(rest[0]) };
    else quorum = need(kind === "quorum" ? name : null, "policy");
  }
  must(logs.some((one) => one.equals(raw)), "policy of another log");
  const holds = (name) => (groups[name] ? groups[name].members.filter(holds).length >= groups[name].least : keys.some((key) => key.equals(witnesses[name] ?? Buffer.alloc(0))));
  return quorum === "none" || holds(quorum);
}
function seen(c, role, logKey) {
  const held = c.memberships[ROLES.find((name) => name !== role)], named = c.P?.subject.authority?.did, own = c.memberships[role];
  const ours = (c.trust?.authorities ?? []).find(({ did }) => did === named)?.witnesses ?? [];
  const known = [...(held ? [{ name: held.logOrigin, ...held.logKey, outside: false }] : []),
    ...ours.map(({ name, publicKeyMultibase, validUntil }) => ({ name, ...multikey(publicKeyMultibase), outside: true, until: validUntil && time(validUntil) }))];
  const entry = () => need(c.files.get(`log/${role}/entry.json`), "entry"), log = () => ({ origin: need(own?.logOrigin, "membership"), key: logKey(role) });
  return [...c.files].filter(([path]) => path.startsWith(`log/${role}/witnessed/`)).flatMap(([, bytes]) => seenIn(bytes, entry(), log(), known));
}
/** The earliest moment at which the authority had seen R; Infinity when it has not, or when what is there does not hold. */
export function boundedAt(c, logKey) {
  try { return Math.min(...ROLES.flatMap((role) => seen(c, role, logKey)).filter(({ outside }) => outside).map(({ at }) => at)); } catch { return Infinity; }
}
export function checkWitnesses(c, logKey) {
  const found = ROLES.flatMap((role) => seen(c, role, logKey));
  for (const { at } of found) { must(at + TOLERANCE >= (c.R?.at ?? 0), "seen before it was signed"); if (at > c.now + TOLERANCE) unknown("future"); }
  const short = ROLES.filter((role) => { const policy = c.files.get(`log/${role}/witnesses.txt`); return policy && !reached(policy, logKey(role).raw, seen(c, role, logKey).map(({ raw }) => raw)); });
  need(found.length && !short.length ? found : null, "not witnessed");
}
