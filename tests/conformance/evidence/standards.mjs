// What docs/evidence.md stands on and Node's library lacks: strict JSON, RFC 8785, multibase keys, JWT, a strict ZIP reader,
// RFC 6962 proofs, C2SP checkpoints. Nothing here knows of evidence files.
import { createHash, createPublicKey, ECDH, verify } from "node:crypto";
import { crc32, gunzipSync, inflateRawSync } from "node:zlib";

export class Finding extends Error { constructor(verdict, why) { super(why); this.verdict = verdict; } }
export const no = (why) => { throw new Finding("failed", why); }, unknown = (why) => { throw new Finding("unknown", why); };
export const must = (holds, why) => { if (!holds) no(why); }, need = (value, why) => value ?? (() => { throw new Finding("skipped", why); })();
export const sha = (...parts) => { const hash = createHash("sha256"); parts.forEach((part) => hash.update(part)); return hash.digest(); };
export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value), same = (one, other) => canon(one) === canon(other);
export const digestOf = (value) => fileDigest(canon(value)), fileDigest = (bytes) => "sha256:" + sha(bytes).toString("hex");
export const base64 = (text, kind = "base64") => {
  const bytes = Buffer.from(String(text), kind);
  return (must(bytes.toString(kind) === String(text), kind), bytes);
};
// --- section 1: JSON, canonical form, time ---------------------------------------------------------------------------
const TOKEN = /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)|(true|false|null))/y;
export function parse(bytes, floats = false) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), bad = () => no("not JSON");
  TOKEN.lastIndex = 0;
  const next = () => TOKEN.exec(text) ?? bad();
  const value = (token, depth) => {
    if (token[2]) { const read = JSON.parse(token[2]); return (must(read.isWellFormed(), "lone surrogate"), read); }
    if (token[3]) {
      const number = Number(token[3]);
      return (must(token[4] || token[5] ? floats : Number.isSafeInteger(number), "number"), number);
    }
    if (token[6]) return JSON.parse(token[6]);
    must(depth < 64, "too deep");
    const found = token[1] === "{" ? Object.create(null) : token[1] === "[" ? [] : bad(), end = token[1] === "{" ? "}" : "]";
    for (let item = next(); item[1] !== end || found === bad; item = next()) {
      if (end === "}") {
        const key = item[2] ? value(item, depth) : bad();
        must(!(key in found), "doubled key");
        if (next()[1] !== ":") bad();
        found[key] = value(next(), depth + 1);
      } else found.push(value(item, depth + 1));
      const after = next()[1];
      if (after === end) break;
      if (after !== "," || /^[ \t\n\r]*[}\]]/.test(text.slice(TOKEN.lastIndex, TOKEN.lastIndex + 99))) bad();
    }
    return found;
  };
  const found = value(next(), 0);
  return (must(/^[ \t\n\r]*$/.test(text.slice(TOKEN.lastIndex)), "not JSON"), found);
}
export function canon(value) {
  if (Array.isArray(value)) return `[${value.map(canon).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canon(value[key])}`).join(",")}}`;
}
export const time = (text) => {
  const zoned = typeof text === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const [year, month, day] = zoned ? text.slice(0, 10).split("-").map(Number) : [], exists = zoned && new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day; // 29 February
  return (must(exists && !Number.isNaN(Date.parse(text)), "time"), Date.parse(text));
};
// --- keys and signatures (4, 5) --------------------------------------------------------------------------------------
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
export function base58(text) {
  must(/^z[1-9A-HJ-NP-Za-km-z]+$/.test(text), "multibase");
  let number = 0n;
  for (const letter of text.slice(1)) number = number * 58n + BigInt(ALPHABET.indexOf(letter));
  const hex = number.toString(16), zeros = /^1*/.exec(text.slice(1))[0].length;
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(number ? hex.padStart(hex.length + (hex.length % 2), "0") : "", "hex")]);
}
export function multikey(text) {
  const bytes = base58(text), [kind, raw] = [bytes.readUInt16BE(0), bytes.subarray(2)];
  const jwk = (crv, kty, point) => createPublicKey({ format: "jwk", key: { crv, kty, ...point } });
  if (kind === 0xed01 && raw.length === 32) return { raw, key: jwk("Ed25519", "OKP", { x: raw.toString("base64url") }) };
  must(kind === 0x8024 && raw.length === 33, "key");
  const point = ECDH.convertKey(raw, "prime256v1", undefined, undefined, "uncompressed").subarray(1);
  return { raw, key: jwk("P-256", "EC", { x: point.subarray(0, 32).toString("base64url"), y: point.subarray(32).toString("base64url") }) };
}
export function jwt(text) {
  must(/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text), "JWT");
  const [header, payload, signature] = text.split(".").map((part) => base64(part, "base64url"));
  return { text, header: parse(header), claims: parse(payload), signature, digest: fileDigest(text) };
}
export function jwtHolds(token, key) {
  const [wanted, algorithm] = key.asymmetricKeyType === "ed25519" ? [["EdDSA", "Ed25519"], null] : [["ES256"], "sha256"];
  const signed = Buffer.from(token.text.slice(0, token.text.lastIndexOf(".")));
  return wanted.includes(token.header.alg) && verify(algorithm, signed, { key, dsaEncoding: "ieee-p1363" }, token.signature);
}
// --- section 2: the container ----------------------------------------------------------------------------------------
export function unzip(data) {
  const broken = (holds) => { if (!holds) unknown("container"); }, files = new Map(), seen = new Set(), end = data.length - 22;
  broken(end >= 0 && data.length <= 2 ** 25 && data.readUInt32LE(0) === 0x04034b50 && data.readUInt32LE(end) === 0x06054b50);
  const count = data.readUInt16LE(end + 10), size = data.readUInt32LE(end + 12), start = data.readUInt32LE(end + 16);
  broken(data.readUInt32LE(end + 4) === 0 && data.readUInt16LE(end + 8) === count && count <= 20_000 && data.readUInt16LE(end + 20) === 0);
  broken(start + size === end && !(end >= 20 && data.readUInt32LE(end - 20) === 0x07064b50));
  let at = start, total = 0;
  for (let number = 0; number < count; number++) {
    broken(at + 46 <= end && data.readUInt32LE(at) === 0x02014b50);
    const [flags, method, crc, packed, length, named, extra, comment, mode, local] = [[8, 2], [10, 2], [16, 4], [20, 4], [24, 4], [28, 2], [30, 2],
      [32, 2], [40, 2], [42, 4]].map(([offset, width]) => data.readUIntLE(at + offset, width));
    const name = data.toString("latin1", at + 46, at + 46 + named), kind = mode & 0xf000;
    broken([0, 0x8000].includes(kind) && /^[A-Za-z0-9][\w-]*(\/[A-Za-z0-9][\w-]*){0,3}\.[a-z]{2,5}$/.test(name) && !seen.has(name.toLowerCase()));
    seen.add(name.toLowerCase());
    total += length;
    broken(!(flags & 1) && [0, 8].includes(method) && length <= 2 ** 22 && total <= 2 ** 27 && length <= Math.max(65536, packed * 100));
    broken(local + 30 <= start && data.readUInt32LE(local) === 0x04034b50);
    const body = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
    broken(data.toString("latin1", local + 30, local + 30 + data.readUInt16LE(local + 26)) === name && body + packed <= start);
    let bytes = data.subarray(body, body + packed);
    try { if (method === 8) bytes = inflateRawSync(bytes, { maxOutputLength: length + 1 }); } catch { broken(false); }
    broken(bytes.length === length && crc32(bytes) === crc);
    files.set(name, bytes);
    at += 46 + named + extra + comment;
  }
  return (broken(at === end), files);
}
// --- section 6: logs -------------------------------------------------------------------------------------------------
const node = (left, right) => sha(Buffer.from([1]), left, right);
export function included(index, size, leaf, path) {
  let [fn, sn, hash] = [index, size - 1n, leaf];
  must(index < size, "index");
  for (const step of path) {
    must(sn > 0n, "proof");
    if (fn & 1n || fn === sn) { hash = node(step, hash); while (!(fn & 1n) && fn) { fn >>= 1n; sn >>= 1n; } } else hash = node(hash, step);
    fn >>= 1n; sn >>= 1n;
  }
  return (must(sn === 0n, "proof"), hash);
}
export function consistent(old, young, path) {
  must(old.size <= young.size, "rolled back");
  if (old.size === young.size) return must(!path.length && old.root.equals(young.root), "forked");
  let [fn, sn] = [old.size - 1n, young.size - 1n];
  while (fn & 1n) { fn >>= 1n; sn >>= 1n; }
  const steps = (old.size & (old.size - 1n)) === 0n ? [old.root, ...path] : path;
  let one = steps[0] ?? no("proof"), other = one;
  for (const step of steps.slice(1)) {
    must(sn > 0n, "proof");
    if (fn & 1n || fn === sn) { one = node(step, one); other = node(step, other); while (!(fn & 1n) && fn) { fn >>= 1n; sn >>= 1n; } } else other = node(other, step);
    fn >>= 1n; sn >>= 1n;
  }
  must(sn === 0n && one.equals(old.root) && other.equals(young.root), "forked");
}
export function checkpoint(note, origin, { raw, key }) {
  const cut = note.indexOf("\n\n"), text = note.slice(0, cut + 1), [name, size, root] = text.split("\n"), id = sha(`${name}\n\x01`, raw).subarray(0, 4);
  must(cut > 0 && name === origin && /^(0|[1-9]\d{0,15})$/.test(size), "checkpoint");
  const lines = note.slice(cut + 2).split("\n").filter((line) => line.startsWith(`— ${name} `)).map((line) => base64(line.slice(name.length + 3)));
  must(lines.some((line) => line.subarray(0, 4).equals(id) && verify(null, Buffer.from(text), key, line.subarray(4))), "log signature");
  return { size: BigInt(size), root: base64(root) };
}
export function tlogProof(text) {
  const [head, ...lines] = text.split("\n"), blank = lines.indexOf("");
  must(head === "c2sp.org/tlog-proof@v1" && /^index (0|[1-9]\d{0,15})$/.test(lines[0]) && blank > 0, "tlog-proof");
  return { index: BigInt(lines[0].slice(6)), path: lines.slice(1, blank).map((line) => base64(line)), note: lines.slice(blank + 1).join("\n") };
}
/** W3C eddsa-jcs-2022: one proof by a key of `did`, made at the moment that the document names. */
export function checkProof(doc, did, key) {
  const { proofValue, ...config } = isObject(doc.proof) ? doc.proof : no("proof"), { proof, ...rest } = doc;
  const allowed = ["type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "@context", "proofValue", "id"];
  must(Object.keys(proof).every((name) => allowed.includes(name)) && same(config["@context"], doc["@context"]), "proof");
  must(config.type === "DataIntegrityProof" && config.cryptosuite === "eddsa-jcs-2022" && config.proofPurpose === "assertionMethod", "proof");
  must(String(config.verificationMethod).startsWith(did + "#") && time(config.created) === time(doc.validFrom), "proof");
  const signature = base58(proofValue);
  must(signature.length === 64 && verify(null, Buffer.concat([sha(canon(config)), sha(canon(rest))]), key, signature), "signature");
}
/** Shapes: a kind for each member; `?` where it may be absent or null. */
export const KINDS = {
  text: (value) => typeof value === "string" && value.length > 0 && [...value].length <= 8192, any: (value) => typeof value === "string",
  digest: (value) => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value), time: (value) => time(value) !== undefined,
  bool: (value) => typeof value === "boolean", object: isObject, whole: (value) => Number.isSafeInteger(value) && value >= 0,
  assignee: (value) => value === "assignee", texts: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
};
export const fits = (value, shape) => isObject(value) && Object.entries(shape).every(([name, kind]) => {
  return (kind.endsWith("?") && (value[name] ?? null) === null) || KINDS[kind.replace("?", "")](value[name]);
});
/** One bit of a status list: gzip, base64url (with or without `u`) or base64; the leftmost bit is number 0. */
export function bit(encoded, place) {
  const bits = gunzipSync(Buffer.from(encoded.replace(/^u/, ""), "base64url"), { maxOutputLength: 1_000_000 });
  return place < bits.length * 8 ? (bits[place >> 3] >> (7 - (place & 7))) & 1 : no("beyond the list");
}
