// The W3C's suite eddsa-jcs-2022, as Digital Bazaar wrote it: lines of {name, document, key} in, {name, verified, error} out.
// `key` is the signer's Ed25519 Multikey. Nothing is fetched: the loader knows the DID document of that one key.
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { createVerifyCryptosuite } from "@digitalbazaar/eddsa-jcs-2022-cryptosuite";
import jsigs from "jsonld-signatures";
import { readFileSync } from "node:fs";

async function check({ name, document, key }) {
  const id = document.proof.verificationMethod, controller = document.issuer, context = "https://w3id.org/security/multikey/v1";
  const method = { "@context": context, id, type: "Multikey", controller, publicKeyMultibase: key };
  const did = { "@context": ["https://www.w3.org/ns/did/v1", context], id: controller, verificationMethod: [method], assertionMethod: [id] };
  const documentLoader = async (url) => {
    if (url !== id && url !== controller) throw new Error(`not loaded: ${url}`);
    return { contextUrl: null, documentUrl: url, document: url === id ? method : did };
  };
  const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
  const purpose = new jsigs.purposes.AssertionProofPurpose();
  const result = await jsigs.verify(document, { suite, purpose, documentLoader });
  const error = result.error?.errors?.map(({ message }) => message).join("; ") ?? result.error?.message ?? "";
  return { name, verified: result.verified, error };
}
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) console.log(JSON.stringify(await check(JSON.parse(line))));
