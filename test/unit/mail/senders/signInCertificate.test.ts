// What is given as the certificate that a sender signs in with, and what is said of it. The value is never repeated.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import {
  certificatesProblems,
  signInCertificateProblem,
  thumbprintOf,
} from "../../../../mail/senders/signInCertificate.ts";
import { certificateOf, CERTIFICATE as pem } from "../certificates.ts";

const { validFrom, validTo, raw } = new X509Certificate(pem);
const day = (time: string) => new Date(time).toISOString().slice(0, 10);

const FIX =
  'use the certificate alone, as PEM, from "-----BEGIN CERTIFICATE-----" on: signInCertificate: |, and the lines below it, indented';
const problem = (rule: string, fix = FIX) => ({ key: "k", value: undefined, rule, fix });
const judged = (value: string, now?: Date) => signInCertificateProblem("k", value, now);

describe("the time of a certificate", () => {
  const at = (time: string, minutes: number) =>
    judged(pem, new Date(Date.parse(time) + minutes * 60_000));

  it("begins 5 minutes early, as clocks differ", () => {
    assert.equal(at(validFrom, -5), undefined);
    assert.deepEqual(
      at(validFrom, -6),
      problem(
        `is not valid before ${day(validFrom)}, so that Entra refuses what is signed with it`,
        "use a certificate that is valid now",
      ),
    );
  });
  it("ends on time", () => {
    assert.equal(at(validTo, -1), undefined);
    assert.deepEqual(
      at(validTo, 0),
      problem(
        `expired on ${day(validTo)}, so that Entra refuses what is signed with it`,
        "issue a new certificate, and use that; where another one is listed, remove this one",
      ),
    );
  });
});

describe("the key of a certificate", () => {
  const refused = (has: string) =>
    problem(
      `has a key that Entra does not accept, or that is too weak (${has})`,
      "use a certificate with an RSA key of 2048 bits or more",
    );
  /** The same certificate, whose key is for RSASSA-PSS alone (RFC 4055 section 1.2), without parameters. */
  const pss = Buffer.from(
    raw.toString("hex").replace("2a864886f70d0101010500", "2a864886f70d01010a3000"),
    "hex",
  );

  it("is RSA of 2048 bits or more", async () => {
    assert.equal(judged(pem), undefined);
    assert.deepEqual(judged(await certificateOf("rsa", 1024)), refused("RSA, 1024 bits"));
    assert.deepEqual(judged(await certificateOf("ec")), refused("ec"));
    assert.deepEqual(judged(new X509Certificate(pss).toString()), refused("rsa-pss"));
  });
});

describe("what is given in a certificate's place", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const [type, format] = ["pkcs8", "der"] as const;
  const encrypted = { type, format, cipher: "aes-256-cbc", passphrase: "x" } as const;
  const keyPem = privateKey.export({ type, format: "pem" }).toString();
  const base64 = (data: string | Buffer) => Buffer.from(data).toString("base64");
  const bytes = (...list: number[]) => base64(Buffer.from(list));
  /** A SEQUENCE with this in it. */
  const der = (...list: number[]) => bytes(0x30, list.length, ...list);

  const treat = "which must stay with the sender: treat that key as compromised";
  const holdsKey = `contains a private key, ${treat}`;
  const isKey = `is a private key, ${treat}`;
  const isPfx = `is a PFX (PKCS #12), which contains the private key, ${treat}`;
  const isThumbprint = "is the thumbprint of a certificate, not the certificate";
  const isPath = "is the path of a file, not its content";
  const onOneLine = "is on one line, and PEM needs its line breaks";
  const notOne = "is not exactly one certificate";
  const isOther = "is base64, but not of a certificate";
  const label = (name: string) => `-----BEGIN ${name}-----\nAAAA\n-----END ${name}-----\n`;

  const cases: [title: string, value: string, rule: string][] = [
    ["nothing", "", notOne],
    ["a word", "x", notOne],
    ["two certificates", `${pem}${pem}`, notOne],
    ["a certificate that is cut off", label("CERTIFICATE"), "can't be read as a certificate"],
    [
      "a request",
      label("CERTIFICATE REQUEST"),
      "is of the type CERTIFICATE REQUEST, not a certificate",
    ],
    [
      "a public key",
      publicKey.export({ type: "spki", format: "pem" }).toString(),
      "is of the type PUBLIC KEY, not a certificate",
    ],
    ["a certificate on one line", pem.replace(/\n/g, ""), onOneLine],
    ["a certificate with its line breaks as text", pem.replace(/\n/g, "\\n"), onOneLine],

    ["a key", keyPem, holdsKey],
    ["a certificate with its key", `${pem}${keyPem}`, holdsKey],
    ["a key's base64", base64(keyPem), holdsKey],
    ["a JSON Web Key", JSON.stringify(privateKey.export({ format: "jwk" })), holdsKey],
    ["a JSON Web Key with spaces", '{ "kty": "RSA", "d" : "x" }', holdsKey],
    [".NET's XML of a key", "<RSAKeyValue><Modulus>x</Modulus><D>x</D></RSAKeyValue>", holdsKey],
    ["PuTTY's file", "\n PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 8\nAAAA", holdsKey],
    ["the name of PuTTY's file", "a PuTTY-User-Key-File", notOne],

    ["a thumbprint", "0123456789abcdefABCDEF0123456789abcdef01", isThumbprint],
    [
      "a thumbprint with colons",
      "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67",
      isThumbprint,
    ],
    ["a thumbprint with spaces", `${"0123 4567 89ab cdef ".repeat(4)}`, isThumbprint],
    ["less than a thumbprint", "a".repeat(39), notOne],
    ["more than a thumbprint", "a".repeat(41), notOne],
    ["one digit", "a", notOne],
    ["something before a thumbprint", `(${"a".repeat(40)}`, notOne],

    ...[
      ...["/etc/ssl/shop", "./shop", "../shop", "~/shop", "..\\shop", "\\\\files\\shop"],
      ...["C:\\shop", "d:/shop"],
      ...["pem", "cer", "crt", "der", "PFX", "p12", "key"].map((ending) => `shop.${ending}`),
    ].map((path): [string, string, string] => [`the path ${path}`, path, isPath]),
    ["the name of a file in a text", "shop.pem is it", notOne],
    ["a text with a slash", "see a/b", notOne],

    ["base64 of PEM", base64(pem), "is base64 of PEM, not PEM itself"],
    [
      "a certificate's base64",
      pem.replace(/-.*-/g, ""),
      'is base64 without the line "-----BEGIN CERTIFICATE-----"',
    ],
    ["a key in DER", base64(privateKey.export({ type, format })), isKey],
    ["an encrypted key in DER", base64(privateKey.export(encrypted)), isKey],
    ["an elliptic key in DER", der(0x02, 1, 1), isKey],
    ["a PFX", der(0x02, 1, 3), isPfx],
    ["a PFX on two lines", "MAMC\nAQM=", isPfx],
    ["a PFX whose length has 4 bytes", bytes(0x30, 0x84, 0, 0, 0, 3, 0x02, 1, 3), isPfx],
    ["a PFX in parentheses", `(${der(0x02, 1, 3)}`, notOne],
    ["a PFX with a bracket", `${der(0x02, 1, 3)})`, notOne],
    ["a PKCS #7 file", der(0x06, 1, 42, 0xa0, 0), "is a PKCS #7 file (.p7b), not a certificate"],
    ["an element with a long length", der(0x30, 0x81, 1, 0, 0x04, 0), isKey],
    ["a sequence and no text", der(0x30, 0, 0x03, 1, 0), isOther],
    ["a sequence alone", der(0x30, 0), isOther],
    ["a text after nothing", der(0x05, 0, 0x04, 0), isOther],
    ["a truth value", der(0x01, 1, 3), isOther],
    ["a long number", der(0x02, 2, 0, 3), isOther],
    ["an element of a length that nothing has", bytes(0x30, 0x87, ...Array(8).fill(0)), isOther],
    ["an empty sequence", der(), notOne],
    ["a sequence that is cut off", bytes(0x30, 0x82, 1), notOne],
    ["a number", bytes(0x02, 1, 3), notOne],
  ];
  for (const [title, value, rule] of cases) {
    it(`is ${title}`, () => assert.deepEqual(judged(value), problem(rule)));
  }
});

describe("certificatesProblems", () => {
  const other = "another certificate";
  const list = (...names: (string | undefined)[]) =>
    names.map((name) => ({ certificate: pem, ...(name !== undefined && { name }) }));
  const again = {
    ...{ key: "k[1]", value: undefined },
    ...{ rule: "is the certificate before it once more", fix: "remove it" },
  };

  it("takes none, one, and two that differ", () => {
    assert.deepEqual(certificatesProblems("k", []), []);
    assert.deepEqual(certificatesProblems("k", list(undefined)), []);
    const unread = { certificate: "PEM", name: "new" };
    assert.deepEqual(certificatesProblems("k", [...list(undefined), unread]), []);
    assert.deepEqual(certificatesProblems("k", [{ certificate: other }, unread]), []);
  });
  it("refuses the same again, in any text", () => {
    const [one, same] = [pem, `${pem}\n`].map((certificate) => ({ certificate }));
    assert.ok(one && same);
    assert.deepEqual(certificatesProblems("k", [one, { ...same, name: "new" }]), [again]);
    assert.deepEqual(certificatesProblems("k", [one, same]), [
      again,
      {
        ...{ key: "k[1]", value: undefined },
        rule: "has no name, and neither has one before it",
        fix: "give all but one of them a name, and leave the one that is in use already without",
      },
    ]);
  });
  it("refuses three, and says nothing else of them", () =>
    assert.deepEqual(certificatesProblems("k", list(undefined, "a", "a")), [
      {
        ...{ key: "k", value: undefined },
        rule: "lists 3 certificates, and two can be valid at most",
        fix: "list the one in use and the one that takes its place",
      },
    ]));
});

describe("thumbprintOf", () => {
  it("is SHA-1 of the certificate, as Entra shows it", () => {
    const sha1 = createHash("sha1").update(raw).digest("hex").toUpperCase();
    assert.equal(thumbprintOf(pem), sha1);
    assert.equal(thumbprintOf("PEM"), undefined);
  });
});
