import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it, type TestContext } from "node:test";
import { inspect } from "node:util";
import forge from "node-forge";
import type { Certificate } from "../../../lab/src/lab.ts";
import { CredentialError } from "../../../tenant/credential.ts";
import { type Env, type IdentityBench, openIdentityBench } from "./identity.ts";

describe("a client certificate", () => {
  let bench: IdentityBench;
  let own: Certificate;
  let chained: Certificate;
  let leaf: string;
  let issuer: string;
  let elliptic: Certificate;
  before(async () => {
    bench = await openIdentityBench("certificate");
    own = bench.certificate;
    const names: [string] = ["other.example"];
    const { issueCertificate } = bench.lab;
    chained = await issueCertificate({ names, issuer: "public", key: "rsa" });
    [leaf = "", issuer = ""] = chained.chain.split(/(?<=-----END CERTIFICATE-----)/);
    assert.match(issuer, /BEGIN CERTIFICATE/);
    elliptic = await issueCertificate({ names, issuer: "self-signed" });
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.reset();
    bench.lab.registerCertificate(own.chain);
  });

  function pkcs12(
    password: string,
    { key, chain }: { key?: string; chain: string[] },
    algorithm: "3des" | "aes256" = "3des",
  ): Buffer {
    const rsa = key === undefined ? null : forge.pki.privateKeyFromPem(key);
    const leaves = chain.map((pem) => forge.pki.certificateFromPem(pem));
    // For "none" node-forge takes null, which its types leave out.
    const certificates = leaves.length === 0 ? (null as unknown as typeof leaves) : leaves;
    const file = forge.pkcs12.toPkcs12Asn1(rsa, certificates, password, { algorithm });
    return Buffer.from(forge.asn1.toDer(file).getBytes(), "binary");
  }
  const ownPkcs12 = (password: string) => pkcs12(password, { key: own.key, chain: [own.chain] });
  const file = (content: string | Buffer): Env => ({
    ARM_CLIENT_CERTIFICATE_PATH: bench.placed("deploy.any", content),
  });

  it("with its key as PEM, in any order and with others beside it", async () => {
    for (const parts of [
      [own.key, own.chain],
      [own.chain, own.key],
      [own.key, leaf, own.chain],
      [elliptic.chain, own.chain, own.key, leaf],
      ["Bag Attributes\r\n  friendlyName: x\r\n", leaf, own.key, own.chain],
    ]) {
      await bench.enter(file(parts.join("\n")));
    }
  });

  it("of a chain, leaf first or last, it is the one that belongs to the key", async () => {
    bench.lab.registerCertificate(chained.chain);
    await bench.enter(file([chained.key, leaf, issuer].join("\n")));
    await bench.enter(file([issuer, leaf, chained.key].join("\n")));
  });

  for (const [algorithm, password] of [
    ["3des", "pässwörd"],
    ["aes256", "pw"],
    ["3des", ""],
  ] as const) {
    const locked = password === "" ? "no password" : "a password";
    it(`PKCS#12 by ${algorithm} with ${locked}, as a file and as base64`, async () => {
      const bytes = pkcs12(password, { key: own.key, chain: [own.chain] }, algorithm);
      const env = password === "" ? {} : { ARM_CLIENT_CERTIFICATE_PASSWORD: password };
      await bench.enter({ ...env, ...file(bytes) });
      await bench.enter({ ...env, ARM_CLIENT_CERTIFICATE: bytes.toString("base64") });
    });
  }

  it("PKCS#12 with others beside it: the one that belongs to the key", async () => {
    for (const chain of [
      [leaf, own.chain],
      [own.chain, leaf],
    ]) {
      await bench.enter(file(pkcs12("", { key: own.key, chain })));
    }
  });

  /** PKCS#12 with a key that is not RSA, which node-forge writes for nobody. */
  function ellipticPkcs12(t: TestContext): Buffer {
    const der = Buffer.from(elliptic.key.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const asn1 = forge.asn1.fromDer(der.toString("binary"));
    t.mock.method(forge.pki, "wrapRsaPrivateKey", () => asn1);
    return ownPkcs12("");
  }

  const unusable: [string, (t: TestContext) => string | Buffer, RegExp][] = [
    ["PEM with an EC key", () => elliptic.key + elliptic.chain, /holds a key that is not RSA/],
    ["PEM without a key", () => own.chain, /holds no private key/],
    ["PEM without a certificate", () => own.key, /holds no certificate that belongs to its key/],
    ["PEM with another's certificate", () => own.key + leaf, /holds no certificate that be/],
    ["PEM with a broken key", () => own.key.replace(/\n.{9}/, "\n") + own.chain, /./],
    ["PEM with a broken certificate", () => own.key + own.chain.replace(/\n.{9}/, "\n"), /./],
    ["PKCS#12 with an EC key", ellipticPkcs12, /holds no RSA key/],
    ["PKCS#12 without a key", () => pkcs12("", { chain: [own.chain] }), /holds no RSA key/],
    [
      "PKCS#12 without a certificate",
      () => pkcs12("", { key: own.key, chain: [] }),
      /holds no certificate that belongs to its key/,
    ],
    ["garbage", () => "garbage", /is neither PEM nor PKCS#12/],
    ["nothing", () => "", /is neither PEM nor PKCS#12/],
    ["half a PKCS#12 file", () => ownPkcs12("").subarray(0, 900), /is neither PEM nor PKCS#12/],
    [
      "PKCS#12 with another password",
      () => ownPkcs12("right"),
      /or ARM_CLIENT_CERTIFICATE_PASSWORD is not its password/,
    ],
  ];
  for (const [name, content, words] of unusable) {
    it(`${name} is refused unasked: the variable and the file are named`, async (t) => {
      const given = content(t);
      const ARM_CLIENT_CERTIFICATE_PASSWORD = name.includes("password") ? "wr0ng-pw" : undefined;
      const ARM_CLIENT_CERTIFICATE_PATH = bench.placed("deploy.any", given);
      const env = { ARM_CLIENT_CERTIFICATE_PATH, ARM_CLIENT_CERTIFICATE_PASSWORD };
      const error = await bench.refused(env);
      assert.ok(error instanceof CredentialError, inspect(error));
      assert.match(error.message, words);
      assert.ok(
        error.message.startsWith(`ARM_CLIENT_CERTIFICATE_PATH: "${ARM_CLIENT_CERTIFICATE_PATH}" `),
      );
      assert.match(error.message, /; give a certificate with its RSA key, as PEM or PKCS#12$/);
      assert.equal(bench.tokensAsked(), 0);
      const shown = inspect(error, { depth: 9, showHidden: true });
      assert.ok(!shown.includes("wr0ng-pw") && !shown.includes(own.key.slice(40, 90)));
    });
  }

  it("what is wrong in base64 names ARM_CLIENT_CERTIFICATE, and no file", async () => {
    const error = await bench.refused({
      ARM_CLIENT_CERTIFICATE: ownPkcs12("right").toString("base64"),
      ARM_CLIENT_CERTIFICATE_PASSWORD: "wr0ng-pw",
    });
    assert.ok(error instanceof CredentialError);
    assert.match(error.message, /^ARM_CLIENT_CERTIFICATE is neither PEM nor PKCS#12, or ARM_CLI/);
  });

  it("a file that is not there: the variable and the file are named", async () => {
    const error = await bench.refused({ ARM_CLIENT_CERTIFICATE_PATH: "/nowhere/deploy.pfx" });
    assert.ok(error instanceof CredentialError);
    assert.match(
      error.message,
      /^ARM_CLIENT_CERTIFICATE_PATH: "\/nowhere\/deploy\.pfx" can't be read; name an existing file/,
    );
  });

  it("one that the app does not have comes in Entra's words", async () => {
    bench.reset();
    const error = await bench.refused(file(own.key + own.chain));
    assert.match(error.message, /AADSTS700027: .*Thumbprint of key used by client/);
    assert.ok(!inspect(error, { depth: 9 }).includes(own.key.slice(40, 90)));
  });

  it("it wins over a secret", async () => {
    await bench.enter({ ...file(own.key + own.chain), ARM_CLIENT_SECRET: "wrong" });
  });
});
