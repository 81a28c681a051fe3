// Bounces whose parts are encoded, as mail programs save them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { textOfBounce } from "../../../../mail/replies/bounce.ts";
import { diagnose } from "../../../../mail/replies/diagnose.ts";

const REPLY = "550 5.7.64 TenantAttribution; Relay Access Denied [HOST.prod.outlook.com]";
const PAGE = `<html><body><p>Your message to <a href="mailto:a@b.example">a@b.example</a> couldn&#39;t be delivered.</p><p>Remote Server returned &#39;${REPLY}&#39;</p></body></html>`;
const STATUS = `Reporting-MTA: dns;contoso.com

Final-Recipient: rfc822;a@b.example
Action: failed
Status: 5.7.64
Diagnostic-Code: smtp;550 5.7.64 TenantAttribution; Relay
 Access Denied [HOST.prod.outlook.com]
`;

type Encoding = "base64" | "quoted-printable" | "7bit";

const encoded: Readonly<Record<Encoding, (text: string) => string>> = {
  base64: (text) => Buffer.from(text).toString("base64").replace(/.{76}/g, "$&\n"),
  "quoted-printable": (text) => text.replaceAll("=", "=3D").replace(/.{60}/g, "$&=\n"),
  "7bit": (text) => text,
};

const part = (type: string, encoding: Encoding, text: string) =>
  `--b\nContent-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n\n${encoded[encoding](text)}\n`;

const bounce = (...parts: readonly string[]) =>
  `From: postmaster@contoso.com\nTo: erp@contoso.com\nSubject: Undeliverable\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n boundary="b"\n\n${parts.join("")}--b--\n`;

const returned = (encoding: Encoding) =>
  part(
    "message/rfc822",
    encoding,
    "From: erp@contoso.com\n\nThey said 550 5.1.10 RESOLVER.ADR.RecipientNotFound\n",
  );

const namesIn = async (text: string) =>
  diagnose(await textOfBounce(text), []).diagnoses.map(({ row, form }) => [form, row?.name]);

describe("a bounce", () => {
  for (const encoding of ["base64", "quoted-printable"] as const) {
    it(`is read where its page is in ${encoding}`, async () => {
      const text = bounce(part("text/html; charset=utf-8", encoding, PAGE));
      assert.deepEqual(await namesIn(text), [["Exchange's bounce", "relay-denied"]]);
    });

    it(`is read where its delivery status is in ${encoding}, and the message that came back is not`, async () => {
      const text = bounce(part("message/delivery-status", encoding, STATUS), returned("7bit"));
      assert.deepEqual(await namesIn(text), [["delivery status", "relay-denied"]]);
    });
  }

  it("tells one refusal once, however many of its parts say it", async () => {
    const text = bounce(
      part("text/plain; charset=utf-8", "quoted-printable", `Remote Server returned '${REPLY}'`),
      part("text/html; charset=utf-8", "base64", PAGE),
      part("message/delivery-status", "7bit", STATUS),
    );
    const { diagnoses } = diagnose(await textOfBounce(text), []);
    assert.deepEqual(
      diagnoses.map(({ row, count }) => [row?.name, count]),
      [["relay-denied", 3]],
    );
  });

  it("stays as it is, with its lines, where nothing in it is encoded", async () => {
    const text = bounce(part("message/delivery-status", "7bit", STATUS));
    assert.equal(await textOfBounce(text), text);
  });

  it("is no log that speaks of an encoding", async () => {
    const text = `Content-Transfer-Encoding: base64\nhost said: ${REPLY}\n`;
    assert.equal(await textOfBounce(text), text);
  });
});

describe("a hostile bounce of 8 MB", () => {
  const SIZE = 8 * 1024 * 1024;
  const head = "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n";
  const encoding = "Content-Transfer-Encoding: base64\n";
  for (const [name, text] of [
    [
      "tags that never end",
      `${head.replace("multipart/mixed", "text/html")}${encoding.replace("base64", "quoted-printable")}\n${"<a ".repeat(SIZE / 3)}`,
    ],
    ["boundaries alone", `${head}${encoding}\n${"--b\n".repeat(SIZE / 4)}`],
    [
      "parts within parts",
      `${head}${encoding}\n${"--b\nContent-Type: multipart/mixed; boundary=b\n\n".repeat(20_000)}`,
    ],
    ["one header line", `${head}${encoding}X: ${"x".repeat(SIZE)}\n\n`],
    ["header lines alone", `${head}${encoding}${"X: y\n".repeat(SIZE / 5)}\n`],
    [
      "base64 that is none",
      `${head.replace("multipart/mixed", "text/plain")}${encoding}\n${"\u0000=é".repeat(SIZE / 4)}`,
    ],
  ] as const) {
    it(`is read, or refused in words: ${name}`, { timeout: 60_000 }, async () => {
      const text2 = await textOfBounce(text).catch((error: Error) => error.message);
      assert.equal(typeof text2, "string");
    });
  }
});
