// A report as JUnit's XML, read by libxml2. The schema below has of Jenkins' junit-10.xsd what a report uses. Does not prove
// what a pipeline shows.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { validateXML } from "xmllint-wasm";
import { toJunit } from "../../../../mail/verification/junit.ts";
import type { VerificationReport } from "../../../../mail/verification/verification.ts";
import {
  arrived,
  filledWith,
  HOSTILE,
  inside,
  refused,
  reportOf,
  sample,
} from "./verifications.ts";

const element = (name: string, content: string, attributes: readonly string[]) =>
  `<xs:element name="${name}"><xs:complexType${content === "" ? ' mixed="true"' : ""}>${content}${attributes
    .map(
      (one) =>
        `<xs:attribute name="${one.replace("!", "")}" type="xs:${/^(?:tests|failures|errors)/.test(one) ? "nonNegativeInteger" : "string"}"${one.endsWith("!") ? ' use="required"' : ""}/>`,
    )
    .join("")}</xs:complexType></xs:element>`;
const all = (...names: string[]) =>
  `<xs:sequence>${names.map((name) => `<xs:element ref="${name}" minOccurs="0" maxOccurs="unbounded"/>`).join("")}</xs:sequence>`;
const SCHEMA = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
${element("failure", "", ["type", "message"])}
${element("error", "", ["type", "message"])}
${element("skipped", "", ["message"])}
${element("property", " ", ["name!", "value!"])}
${element("properties", all("property"), [])}
${element("testcase", all("skipped", "error", "failure"), ["name!", "classname", "time"])}
${element("testsuite", all("properties", "testcase"), ["name!", "tests!", "failures!", "errors!", "skipped", "timestamp"])}
${element("testsuites", all("testsuite"), ["name", "tests", "failures", "errors"])}
</xs:schema>`;

/** A report's XML, which is well formed and of the schema. */
async function written(report: VerificationReport): Promise<string> {
  const contents = toJunit(report);
  const { valid, errors } = await validateXML({
    xml: { fileName: "report.xml", contents },
    schema: { fileName: "junit.xsd", contents: SCHEMA },
  });
  assert.ok(valid, errors.map(({ message }) => message).join("\n"));
  return contents;
}

describe("a report as JUnit's XML", () => {
  it("has a suite for each message and a case for each check; what is unknown is an error", async () => {
    const xml = await written(reportOf(arrived(sample("gmail-relayed")), refused));
    assert.match(xml, /<testsuites name="verify prod" tests="12" failures="1" errors="2">/);
    assert.match(
      xml,
      /<testsuite name="erp" timestamp="2026-11-23T10:01:00" skipped="0" tests="10" failures="0" errors="1">/,
    );
    assert.match(xml, /<testcase classname="verify\.prod\.erp" name="spf" time="0"\/>/);
    assert.match(
      xml,
      /<testcase classname="verify\.prod\.erp" name="placement" time="0">\s+<error type="unknown" message="the headers do not say/,
    );
    assert.match(
      xml,
      /name="handover" time="0">\s+<failure type="relay-scanner-connector" message="no connector of the tenant matches the address">read: 550 5\.7\.64.*\nreason: .*\nfix: see docs/,
    );
  });

  it("skips what does not apply to a message, as nobody can mend it", async () => {
    const xml = await written(reportOf(inside));
    assert.match(xml, /skipped="2" tests="10" failures="0" errors="0">/);
    assert.match(xml, /name="dkim" time="0">\s+<skipped message="the message stayed in the tenant/);
  });

  it("is red for a sender of which nothing is judged", async () => {
    const xml = await written(reportOf({ ...refused, judged: [] }));
    assert.match(xml, /tests="1" failures="0" errors="1"/);
  });

  for (const [what, hostile] of Object.entries(HOSTILE)) {
    it(`has the same elements whatever others write: ${what}`, async () => {
      const tags = (xml: string) => xml.match(/<[^\s>]+/g);
      const xml = await written(reportOf(filledWith(hostile)));
      assert.deepEqual(tags(xml), tags(await written(reportOf(filledWith("x")))));
    });
  }

  it("cuts what is long, and says so", async () => {
    const xml = await written(reportOf(filledWith("<".repeat(10_000_000))));
    assert.ok(xml.length < 100_000);
    assert.match(xml, /\[9999000 more characters\]/);
  });
});
