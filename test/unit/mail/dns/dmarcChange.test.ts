import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { adoptDmarc, type DmarcChange, formatDmarc } from "../../../../mail/dns/dmarc/change.ts";
import { parseDmarc } from "../../../../mail/dns/dmarc/record.ts";
import { isSameOrganization, unauthorizedReportHosts } from "../../../../mail/dns/dmarc/reports.ts";
import { stageOf, weakerProblem } from "../../../../mail/dns/dmarc/strength.ts";

describe("formatDmarc", () => {
  const written: [Parameters<typeof formatDmarc>[0], string][] = [
    [{ policy: "none" }, "v=DMARC1; p=none"],
    [{ policy: "none", rua: [] }, "v=DMARC1; p=none"],
    [
      { policy: "quarantine", rua: ["a@b.com", "mailto:c@d.com"] },
      "v=DMARC1; p=quarantine; rua=mailto:a@b.com,mailto:c@d.com",
    ],
    [
      { rua: ["a@b.com"], subdomainPolicy: "none", policy: "reject" },
      "v=DMARC1; p=reject; sp=none; rua=mailto:a@b.com",
    ],
  ];
  for (const [change, text] of written) {
    it(`writes ${text}`, () => {
      assert.equal(formatDmarc(change), text);
      assert.deepEqual(parseDmarc(text).problems, []);
    });
  }
});

describe("adoptDmarc", () => {
  const adopted: [name: string, existing: string, wanted: DmarcChange, text: string][] = [
    [
      "changes nothing when nothing is wanted",
      "v=DMARC1;p=none ; t=y; x=y;; ",
      {},
      "v=DMARC1;p=none ; t=y; x=y;; ",
    ],
    [
      "changes the policy alone",
      "v=DMARC1;  p = none ;pct=25; x=none;ri=1",
      { policy: "reject" },
      "v=DMARC1;  p = reject ;pct=25; x=none;ri=1",
    ],
    [
      "leaves a value that says the same",
      "v=DMARC1; p=None",
      { policy: "none" },
      "v=DMARC1; p=None",
    ],
    ["replaces an empty value", "v=DMARC1; p=; x=1", { policy: "none" }, "v=DMARC1; p=none; x=1"],
    ["finds the value, not the name", "v=DMARC1; p=p", { policy: "none" }, "v=DMARC1; p=none"],
    [
      "puts a missing policy behind the version",
      "v=DMARC1; rua=mailto:a@b.com",
      { policy: "reject" },
      "v=DMARC1; p=reject; rua=mailto:a@b.com",
    ],
    [
      "leaves out what the record says by default",
      "v=DMARC1; p=Reject; rua=mailto:a@b.com",
      { policy: "reject", subdomainPolicy: "reject", rua: ["A@B.com"] },
      "v=DMARC1; p=Reject; rua=mailto:a@b.com",
    ],
    [
      "leaves out p=none where reports alone say that",
      "v=DMARC1; rua=mailto:a@b.com",
      { policy: "none" },
      "v=DMARC1; rua=mailto:a@b.com",
    ],
    ["puts a policy behind a version alone", "v=DMARC1", { policy: "none" }, "v=DMARC1; p=none"],
    [
      "adds to the end",
      "v=DMARC1; p=none",
      { subdomainPolicy: "reject" },
      "v=DMARC1; p=none; sp=reject",
    ],
    [
      "adds to the end in the owner's way",
      "v=DMARC1; p=none; ",
      { subdomainPolicy: "reject", rua: ["a@b.com"] },
      "v=DMARC1; p=none; sp=reject; rua=mailto:a@b.com; ",
    ],
    [
      "adds before spaces at the end",
      "v=DMARC1; p=none \t",
      { subdomainPolicy: "reject" },
      "v=DMARC1; p=none; sp=reject \t",
    ],
    [
      "adds a list",
      "v=DMARC1; p=none",
      { rua: ["a@b.com", "c@d.com"] },
      "v=DMARC1; p=none; rua=mailto:a@b.com,mailto:c@d.com",
    ],
    [
      "adds to a list what is not in it",
      "v=DMARC1; rua=mailto:A@B.com!10m, mailto:x@y.com ; p=none",
      { rua: ["a@b.com", "c@d.com"] },
      "v=DMARC1; rua=mailto:A@B.com!10m, mailto:x@y.com,mailto:c@d.com ; p=none",
    ],
    [
      "fills an empty list",
      "v=DMARC1; p=none; rua=;",
      { rua: ["a@b.com"] },
      "v=DMARC1; p=none; rua=mailto:a@b.com;",
    ],
    [
      "leaves a list that has all",
      "v=DMARC1; p=none; rua=mailto:a@b.com",
      { rua: ["a@b.com"] },
      "v=DMARC1; p=none; rua=mailto:a@b.com",
    ],
    [
      "finds tags in capital letters",
      "V=DMARC1; P=none; SP=none",
      { policy: "reject", subdomainPolicy: "reject" },
      "V=DMARC1; P=reject; SP=reject",
    ],
    [
      "fills an empty list with several",
      "v=DMARC1; p=none; rua=",
      { rua: ["a@b.com", "c@d.com"] },
      "v=DMARC1; p=none; rua=mailto:a@b.com,mailto:c@d.com",
    ],
    [
      "leaves what is no DMARC record alone",
      "v=dmarc1; p=none",
      { policy: "reject" },
      "v=dmarc1; p=none",
    ],
  ];
  for (const [name, existing, wanted, text] of adopted) {
    it(name, () => {
      assert.equal(adoptDmarc(existing, wanted), text);
      assert.equal(adoptDmarc(text, wanted), text);
    });
  }
});

describe("weakerProblem", () => {
  const compared: [wanted: string, existing: string, weaker: string[]][] = [
    ["p=none", "p=none", []],
    ["p=quarantine", "p=none", []],
    ["p=reject", "p=quarantine", []],
    [
      "p=none",
      "p=quarantine",
      [
        "p=none instead of quarantine",
        "sp=none instead of quarantine",
        "np=none instead of quarantine",
      ],
    ],
    [
      "p=quarantine",
      "p=reject",
      [
        "p=quarantine instead of reject",
        "sp=quarantine instead of reject",
        "np=quarantine instead of reject",
      ],
    ],
    ["p=reject; sp=none", "p=reject", ["sp=none instead of reject", "np=none instead of reject"]],
    ["p=reject; np=none", "p=reject; sp=quarantine", ["np=none instead of quarantine"]],
    ["p=reject", "p=none; sp=reject; np=reject", []],
    ["p=none; np=reject", "p=none; sp=quarantine; np=reject", ["sp=none instead of quarantine"]],
    ["x=y", "p=none", []],
    [
      "x=y",
      "p=quarantine",
      [
        "p=no policy instead of quarantine",
        "sp=no policy instead of quarantine",
        "np=no policy instead of quarantine",
      ],
    ],
    ["p=none", "x=y", []],
    [
      "p=reject; pct=25",
      "p=reject",
      [
        "p=reject pct=25 instead of reject",
        "sp=reject pct=25 instead of reject",
        "np=reject pct=25 instead of reject",
      ],
    ],
    ["p=reject; pct=24", "p=reject; pct=25; sp=none", ["p=reject pct=24 instead of reject pct=25"]],
    ["p=reject; pct=25", "p=reject; pct=25", []],
    ["p=reject", "p=reject; pct=25", []],
    ["p=reject; pct=0", "p=quarantine", []],
    ["p=quarantine", "p=reject; pct=0; sp=none", ["p=quarantine instead of reject pct=0"]],
    ["p=none; pct=1", "p=none", []],
    ["p=none", "p=quarantine; pct=0; t=y", []],
    ["p=reject; t=y; sp=none", "p=reject; sp=none", ["p=reject t=y instead of reject"]],
    ["p=reject; t=y", "p=reject; t=y", []],
    ["p=reject; t=y", "p=quarantine", []],
    [
      "p=quarantine; t=y; sp=none",
      "p=quarantine; sp=none",
      ["p=quarantine t=y instead of quarantine"],
    ],
    [
      "p=reject; pct=5; t=y; sp=none",
      "p=reject; sp=none",
      ["p=reject pct=5 t=y instead of reject"],
    ],
    ["p=none; t=y", "p=none", []],
    ["p=none", "p=none; adkim=s; aspf=s", ["adkim=r instead of s", "aspf=r instead of s"]],
    ["p=none; adkim=s; aspf=s", "p=none", []],
    ["p=none; adkim=s", "p=none; adkim=s; aspf=r", []],
  ];
  for (const [wanted, existing, weaker] of compared) {
    it(`says ${weaker.length > 0} of "${wanted}" where "${existing}" is`, () => {
      const [next, now] = [`v=DMARC1; ${wanted}`, `v=DMARC1; ${existing}`];
      assert.deepEqual(
        weakerProblem("dmarc", next, now),
        weaker.length === 0
          ? undefined
          : {
              key: "dmarc",
              value: next,
              rule: `is weaker than the existing record (${weaker.join("; ")})`,
              fix: `request a policy no weaker than "${now}", or weaken that record by hand first`,
            },
      );
    });
  }
  it("takes a change for what it makes of the record", () => {
    const existing = "v=DMARC1; p=reject; pct=25";
    const kept = { policy: "reject", rua: ["a@b.com"] } as const;
    assert.equal(weakerProblem("dmarc", kept, existing), undefined);
    assert.ok(weakerProblem("dmarc", { subdomainPolicy: "none" }, existing));
    assert.equal(
      weakerProblem("dmarc", { policy: "none" }, existing)?.value,
      "v=DMARC1; p=none; pct=25",
    );
  });
  it("finds nothing weaker than what is no DMARC record", () =>
    assert.equal(weakerProblem("dmarc", "v=DMARC1; p=none", "v=dmarc1; p=reject"), undefined));
});

describe("stageOf", () => {
  const WATCHED =
    "once reports have been read for at least two weeks and every sender passes SPF or DKIM aligned.";
  const stages: [text: string, stage: ReturnType<typeof stageOf>][] = [
    ["v=DMARC1", { policy: undefined }],
    [
      "v=DMARC1; p=none; pct=5; t=y",
      {
        policy: "none",
        next: { policy: "quarantine", condition: `Set the policy to quarantine ${WATCHED}` },
      },
    ],
    [
      "v=DMARC1; p=quarantine",
      {
        policy: "quarantine",
        next: { policy: "reject", condition: `Set the policy to reject ${WATCHED}` },
      },
    ],
    ["v=DMARC1; p=reject; sp=none", { policy: "reject" }],
    [
      "v=DMARC1; p=reject; pct=25",
      {
        policy: "reject",
        next: {
          policy: "reject",
          condition: `Remove pct=25, which makes the policy stricter, ${WATCHED}`,
        },
      },
    ],
    [
      "v=DMARC1; p=quarantine; t=y",
      {
        policy: "quarantine",
        next: {
          policy: "quarantine",
          condition: `Remove t=y, which makes the policy stricter, ${WATCHED}`,
        },
      },
    ],
    [
      "v=DMARC1; p=quarantine; t=y; pct=99",
      {
        policy: "quarantine",
        next: {
          policy: "quarantine",
          condition: `Remove pct=99 and t=y, which makes the policy stricter, ${WATCHED}`,
        },
      },
    ],
    ["v=DMARC1; p=reject; pct=100; t=n", { policy: "reject" }],
  ];
  for (const [text, stage] of stages) {
    it(`knows where ${text} is`, () => assert.deepEqual(stageOf(text), stage));
  }
});

describe("unauthorizedReportHosts", () => {
  it("names each host of another organisation once", () =>
    assert.deepEqual(
      unauthorizedReportHosts(
        "mail.contoso.com",
        [
          "mailto:a@Fabrikam.com,mailto:b@contoso.com, mailto:c@d.net!5m",
          "mailto:e@fabrikam.com",
          "https://h.io",
        ],
        [],
      ),
      ["fabrikam.com", "d.net"],
    ));
  it("takes the zones of the owner for one organisation each", () => {
    const rua = ["mailto:a@reports.contoso.com", "mailto:a@fabrikam.com"];
    const hosts = (zones: string[]) => unauthorizedReportHosts("mail.contoso.com", rua, zones);
    assert.deepEqual(hosts([]), ["reports.contoso.com", "fabrikam.com"]);
    assert.deepEqual(hosts(["fabrikam.com", "contoso.com"]), ["fabrikam.com"]);
  });
  it("names none without reports", () =>
    assert.deepEqual(unauthorizedReportHosts("contoso.com", [], []), []));
});

describe("isSameOrganization", () => {
  it("takes a domain and what is below it, either way round", () => {
    assert.equal(isSameOrganization("contoso.com", "CONTOSO.com."), true);
    assert.equal(isSameOrganization("a.contoso.com", "contoso.com"), true);
    assert.equal(isSameOrganization("contoso.com", "a.b.contoso.com"), true);
  });
  it("takes neighbours for one only in one zone", () => {
    assert.equal(isSameOrganization("a.contoso.com", "b.contoso.com"), false);
    assert.equal(isSameOrganization("a.contoso.com", "b.contoso.com", ["contoso.com"]), true);
    assert.equal(isSameOrganization("a.contoso.com", "b.contoso.com", ["a.contoso.com"]), false);
    assert.equal(isSameOrganization("a.contoso.com", "b.contoso.com", ["b.contoso.com"]), false);
    assert.equal(isSameOrganization("contoso.co.uk", "fabrikam.co.uk"), false);
  });
});
