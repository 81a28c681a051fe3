import { planDmarc } from "../../mail/dns/dmarc/plan.ts";
import { dmarcProblems, dmarcWarnings } from "../../mail/dns/dmarc/problems.ts";
import { parseDmarc } from "../../mail/dns/dmarc/record.ts";
import { reportUriProblem } from "../../mail/dns/dmarc/reports.ts";
import type { Problem } from "../../mail/problem.ts";
import type { Refusal } from "./follow.ts";
import { DOMAIN, found, OWNER, resolveIn, type Scene, THEIRS, txt } from "./scene.ts";
import { type Row, valueFixes } from "./valueFixes.ts";

const DMARC_TEXTS: readonly Row<readonly string[]>[] = [
  [
    /^has "v=dmarc1", in other letter case than "v=DMARC1", so receivers see no DMARC record|^has "v=dmarc1"[^;]*/,
    ["v=dmarc1; p=reject"],
    [/change it to "v=DMARC1; p=reject"/, ["v=DMARC1; p=reject"]],
  ],
  [
    /^names no policy/,
    ["v=DMARC1; adkim=s"],
    [/add "p=none", "p=quarantine" or "p=reject" after the version/, ["v=DMARC1; p=none; adkim=s"]],
  ],
  [
    /^is not a tag/,
    ["v=DMARC1; p=none; strict"],
    [/write name=value/, ["v=DMARC1; p=none; adkim=s"]],
    [/remove it/, ["v=DMARC1; p=none"]],
  ],
  [
    /^is the second p=/,
    ["v=DMARC1; p=none; p=reject"],
    [/leave one of them in the record/, ["v=DMARC1; p=none"]],
  ],
  [
    /^has capital letters in its name/,
    ["v=DMARC1; p=none; Adkim=s"],
    [/write "adkim="/, ["v=DMARC1; p=none; adkim=s"]],
  ],
  [
    /^is not a tag of DMARC any more \(RFC 9989\)/,
    ["v=DMARC1; p=none; ri=3600"],
    [/remove it when you change the record/, ["v=DMARC1; p=none"]],
  ],
  [
    /^in rua is not a URI, so no report is sent there/,
    ["v=DMARC1; p=none; rua=dmarc@contoso.com"],
    [/write "mailto:" before the address/, ["v=DMARC1; p=none; rua=mailto:dmarc@contoso.com"]],
  ],
  [
    /^in rua is not an address that reports can be sent to/,
    ["v=DMARC1; p=none; rua=https://contoso.com"],
    [
      /name an address, e\.g\. "mailto:dmarc@contoso\.com"/,
      ["v=DMARC1; p=none; rua=mailto:dmarc@contoso.com"],
    ],
  ],
  [
    /^in rua has a size limit, which receivers ignore/,
    ["v=DMARC1; p=none; rua=mailto:dmarc@contoso.com!10m"],
    [/remove "![^"]*"/, ["v=DMARC1; p=none; rua=mailto:dmarc@contoso.com"]],
  ],
  [
    /^are 2 DMARC records at one name, so receivers use none of them/,
    ["v=DMARC1; p=none", "v=DMARC1; p=reject"],
    [/remove all but one/, ["v=DMARC1; p=reject"]],
  ],
];

async function judgeDmarc(scene: Scene): Promise<readonly Problem[]> {
  if (scene.external) return [];
  const { policy, adopt = false, domain = DOMAIN, rua = [] } = scene;
  const request = {
    ...{ owner: OWNER, domain, rua, adopt },
    ...(policy !== undefined && { policy }),
  };
  const { problems, warnings } = await planDmarc(request, scene.records, resolveIn(scene));
  return [...problems, ...warnings];
}

const dmarc = (text: string, change: Partial<Scene> = {}): Scene => ({
  records: [txt(`_dmarc.${DOMAIN}`, text)],
  ...change,
});
const DMARC_PLANS: readonly Row<Scene>[] = [
  [
    /^is a record that somebody else created/,
    dmarc("v=DMARC1; p=none"),
    [
      /add dmarc: \{adopt: true\} to the domain to take it over; only what you configure changes, and it is put back when the domain is removed/,
      dmarc("v=DMARC1; p=none", { adopt: true }),
    ],
  ],
  [
    /^is managed elsewhere/,
    {
      records: [
        { name: `_dmarc.${DOMAIN}`, type: "CNAME", content: "d.elsewhere.example", ttl: 300 },
      ],
    },
    [
      /change it where it is managed and set dns: \{host: external\} for the domain/,
      { records: [], external: true },
    ],
    [/remove that record/, { records: [] }],
  ],
  [
    /^is weaker than the existing record \(.*?\)(?=; )/,
    dmarc("v=DMARC1; p=reject", { adopt: true, policy: "none" }),
    [
      /request a policy no weaker than "[^"]*"/,
      dmarc("v=DMARC1; p=reject", { adopt: true, policy: "reject" }),
    ],
    [
      /weaken that record by hand first/,
      dmarc("v=DMARC1; p=none", { adopt: true, policy: "none" }),
    ],
  ],
  [
    /^may be covered by the record of _dmarc\.contoso\.com, which could not be looked up \(.*?\)/,
    {
      records: [],
      domain: `shop.${DOMAIN}`,
      dns: { "TXT _dmarc.contoso.com": { status: "failed", why: "SERVFAIL" } },
    },
    [
      /try again, and check the name servers of that domain/,
      { records: [], domain: `shop.${DOMAIN}` },
    ],
  ],
  [
    /^gets no reports of this domain any more, which the record of .*? sends there now/,
    {
      records: [],
      domain: `shop.${DOMAIN}`,
      rua: ["mailto:shop@contoso.com"],
      dns: { "TXT _dmarc.contoso.com": found("v=DMARC1; p=none; rua=mailto:dmarc@contoso.com") },
    },
    [
      /add it to rua in the domain's dmarc settings to keep them/,
      {
        records: [],
        domain: `shop.${DOMAIN}`,
        rua: ["mailto:shop@contoso.com", "mailto:dmarc@contoso.com"],
        dns: { "TXT _dmarc.contoso.com": found("v=DMARC1; p=none; rua=mailto:dmarc@contoso.com") },
      },
    ],
  ],
  [
    /^belongs to the stack relay\/prod, and a domain can belong to one stack only/,
    { records: [txt(`_dmarc.${DOMAIN}`, "v=DMARC1; p=none", THEIRS)] },
    [/remove the domain from one of the two stacks/, { records: [] }],
  ],
];

const USE_ONE = /use one mailto: URI, e\.g\. "mailto:dmarc@contoso\.com"/;
const REPORTS = "mailto:dmarc@contoso.com";

/** Each refusal and warning of a DMARC record. */
export function dmarcFixes(): Refusal<unknown>[] {
  return [
    ...valueFixes(
      "DMARC",
      (texts) => [...dmarcProblems("DMARC", texts), ...dmarcWarnings("DMARC", texts)],
      DMARC_TEXTS,
    ),
    ...valueFixes("a text read as DMARC", (text) => parseDmarc(text).problems, [
      [
        /^does not begin with v=DMARC1, so receivers see no DMARC record/,
        "p=none",
        [/begin the record with "v=DMARC1;"/, "v=DMARC1; p=none"],
      ],
    ]),
    ...valueFixes("a plan of DMARC", judgeDmarc, DMARC_PLANS),
    ...valueFixes("an address for reports", (uri) => [reportUriProblem("rua", uri)], [
      [/^is more than one URI/, `${REPORTS},mailto:b@contoso.com`, [USE_ONE, REPORTS]],
      [/^is not a mailto: URI/, "dmarc@contoso.com", [USE_ONE, REPORTS]],
      [/^has a size limit, which receivers ignore/, `${REPORTS}!10m`, [USE_ONE, REPORTS]],
      [/^has no domain name after the @/, "mailto:dmarc@contoso", [USE_ONE, REPORTS]],
    ]),
  ];
}
