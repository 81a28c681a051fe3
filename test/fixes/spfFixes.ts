import { mergeSpf } from "../../mail/dns/spf/merge.ts";
import { parseSpf } from "../../mail/dns/spf/parse.ts";
import { planSpf } from "../../mail/dns/spf/plan.ts";
import { spfProblems, spfWarnings } from "../../mail/dns/spf/problems.ts";
import type { Problem } from "../../mail/problem.ts";
import type { Refusal } from "./follow.ts";
import { DOMAIN, found, OWNER, resolveIn, type Scene, THEIRS, txt } from "./scene.ts";
import { type Row, valueFixes } from "./valueFixes.ts";

const SPF_TEXTS: readonly Row<readonly string[]>[] = [
  [
    /^has no space after the version, so receivers see no SPF record/,
    ["v=spf1include:spf.contoso.com ~all"],
    [
      /change it to "v=spf1 include:spf\.contoso\.com ~all"/,
      ["v=spf1 include:spf.contoso.com ~all"],
    ],
  ],
  [
    /^has "" before the version, so receivers see no SPF record|^has white space[^;]*|^begins with[^;]*/,
    [" v=spf1 mx ~all"],
    [/change it to "v=spf1 mx ~all"/, ["v=spf1 mx ~all"]],
  ],
  [
    /^is not an SPF mechanism/,
    ["v=spf1 ip:198.51.100.7 ~all"],
    [/write "ip4:198\.51\.100\.7"/, ["v=spf1 ip4:198.51.100.7 ~all"]],
  ],
  [
    /^is not an SPF mechanism/,
    ["v=spf1 198.51.100.7 ~all"],
    [/write "ip4:198\.51\.100\.7"/, ["v=spf1 ip4:198.51.100.7 ~all"]],
  ],
  [
    /^is not an SPF mechanism/,
    ["v=spf1 redirect:contoso.com"],
    [/write "redirect=" with an equals sign/, ["v=spf1 redirect=contoso.com"]],
  ],
  [
    /^is not an SPF mechanism/,
    ["v=spf1 mx includespf.contoso.com ~all"],
    [/write "include:spf\.contoso\.com"/, ["v=spf1 mx include:spf.contoso.com ~all"]],
  ],
  [
    /^is not an SPF mechanism/,
    ["v=spf1 host:contoso.com ~all"],
    [
      /write one of all, include, a, mx, ptr, ip4, ip6, exists; e\.g\. "include:spf\.protection\.outlook\.com"/,
      ["v=spf1 include:spf.protection.outlook.com ~all"],
    ],
  ],
  [
    /^is not a modifier/,
    ["v=spf1 mx 1x=y ~all"],
    [
      /write name=value, the name with letters, digits, hyphens, dots and underscores/,
      ["v=spf1 mx x1=y ~all"],
    ],
  ],
  [
    /^has a space within it/,
    ["v=spf1 include: spf.contoso.com ~all"],
    [/write "include:spf\.contoso\.com"/, ["v=spf1 include:spf.contoso.com ~all"]],
  ],
  [
    /^is two terms without a space between them, which receivers take for one name/,
    ["v=spf1 include:a.contoso.cominclude:spf.contoso.com ~all"],
    [
      /write "include:a\.contoso\.com include:spf\.contoso\.com"/,
      ["v=spf1 include:a.contoso.com include:spf.contoso.com ~all"],
    ],
  ],
  [
    /^has the macro %\{p\}, which is slow and should not be used \(RFC 7208 section 7\.2\)/,
    ["v=spf1 exists:%{p}.spf.contoso.com ~all"],
    [/use another macro/, ["v=spf1 exists:%{i}.spf.contoso.com ~all"]],
    [/name the addresses with ip4 and ip6/, ["v=spf1 ip4:198.51.100.7 ~all"]],
  ],
  [/^has "[^"]*" after all/, ["v=spf1 mx ~all:x"], [/write "all" alone/, ["v=spf1 mx ~all"]]],
  [
    /^names no domain/,
    ["v=spf1 include ~all"],
    [
      /write the domain in full, e\.g\. "include:spf\.contoso\.com"/,
      ["v=spf1 include:spf.contoso.com ~all"],
    ],
  ],
  [
    /^names no address/,
    ["v=spf1 ip4: ~all"],
    [/write e\.g\. "ip4:198\.51\.100\.0\/28"/, ["v=spf1 ip4:198.51.100.0/28 ~all"]],
  ],
  [
    /^has an IPv6 address/,
    ["v=spf1 ip4:2001:db8::1 ~all"],
    [/write "ip6:2001:db8::1"/, ["v=spf1 ip6:2001:db8::1 ~all"]],
  ],
  [
    /^has an IPv4 address/,
    ["v=spf1 ip6:198.51.100.7 ~all"],
    [/write "ip4:198\.51\.100\.7"/, ["v=spf1 ip4:198.51.100.7 ~all"]],
  ],
  [
    /^has "[^"]*", which is not an address/,
    ["v=spf1 ip4:198.51.100 ~all"],
    [/write e\.g\. "ip4:198\.51\.100\.0\/28"/, ["v=spf1 ip4:198.51.100.0/28 ~all"]],
  ],
  [
    /^has the prefix length "33", which is not a number from 0 to 32/,
    ["v=spf1 ip4:198.51.100.0/33 ~all"],
    [/write a prefix length from 0 to 32/, ["v=spf1 ip4:198.51.100.0/32 ~all"]],
    [/none/, ["v=spf1 ip4:198.51.100.0 ~all"]],
  ],
  [
    /^has .* between its terms/,
    ["v=spf1 mx\ta ~all"],
    [/put one space between terms/, ["v=spf1 mx a ~all"]],
  ],
  [
    /^is the second redirect=/,
    ["v=spf1 redirect=a.example redirect=b.example"],
    [/leave one of them in the record/, ["v=spf1 redirect=a.example"]],
  ],
  [
    /^comes after all, so it is never reached/,
    ["v=spf1 ~all mx"],
    [/put it before "~all"/, ["v=spf1 mx ~all"]],
    [/remove it/, ["v=spf1 ~all"]],
  ],
  [
    /^has no effect, because the record has all/,
    ["v=spf1 redirect=a.example ~all"],
    [/remove it/, ["v=spf1 ~all"]],
    [/"~all"/, ["v=spf1 redirect=a.example"]],
  ],
  [
    /^has no all, so mail from anywhere is neither passed nor failed/,
    ["v=spf1 mx"],
    [/end it with "~all"/, ["v=spf1 mx ~all"]],
  ],
  [
    /^is an unknown modifier, which receivers ignore/,
    ["v=spf1 include=spf.contoso.com ~all"],
    [/write "include:" with a colon/, ["v=spf1 include:spf.contoso.com ~all"]],
  ],
  [
    /^is slow and must not be used \(RFC 7208 section 5\.5\)/,
    ["v=spf1 ptr ~all"],
    [/name the addresses with ip4 and ip6 instead/, ["v=spf1 ip4:198.51.100.7 ~all"]],
  ],
  [
    /^gives no result for mail from elsewhere/,
    ["v=spf1 mx ?all"],
    [/write "~all"/, ["v=spf1 mx ~all"]],
    [/"-all"/, ["v=spf1 mx -all"]],
  ],
  [
    /^lets anyone send as this domain/,
    ["v=spf1 mx +all"],
    [/write "~all"/, ["v=spf1 mx ~all"]],
    [/"-all"/, ["v=spf1 mx -all"]],
  ],
  [
    /^are 2 SPF records at one name, so receivers use none of them/,
    ["v=spf1 mx ~all", "v=spf1 a ~all"],
    [/merge their terms into one record, and remove the others/, ["v=spf1 mx a ~all"]],
  ],
  [
    /^has \d+ characters; answers with more than 450 may be cut off/,
    [`v=spf1 ${Array.from({ length: 40 }, (_, n) => `ip4:198.51.100.${n}`).join(" ")} ~all`],
    [/join ranges of addresses/, ["v=spf1 ip4:198.51.100.0/25 ~all"]],
    [/move terms to another record and include it/, ["v=spf1 include:spf.contoso.com ~all"]],
  ],
];

async function judgeSpf(scene: Scene): Promise<readonly Problem[]> {
  if (scene.external) return [];
  const request = { owner: OWNER, domain: DOMAIN, terms: ["ip4:198.51.100.7"] };
  const { problems, warnings } = await planSpf(request, scene.records, resolveIn(scene));
  return [...problems, ...warnings];
}

const spf = (text: string, dns: Scene["dns"] = {}): Scene => ({
  records: [txt(DOMAIN, text)],
  dns: {
    "A contoso.com": found("198.51.100.1"),
    "MX contoso.com": found("mx.contoso.com"),
    ...dns,
  },
});
const elsewhere = (text: string) => ({ "TXT spf.elsewhere.example": found(text) });
const many = Array.from({ length: 11 }, (_, n) => [
  `TXT s${n}.elsewhere.example`,
  found("v=spf1 -all"),
]);
const manyIncludes = (count: number) =>
  `v=spf1 ${Array.from({ length: count }, (_, n) => `include:s${n}.elsewhere.example`).join(" ")} ~all`;
const SPF_PLANS: readonly Row<Scene>[] = [
  [
    /^comes before "ip4:198\.51\.100\.7" and gives another result for the same mail/,
    spf("v=spf1 -ip4:198.51.100.7 ~all"),
    [/replace it with "ip4:198\.51\.100\.7"/, spf("v=spf1 ip4:198.51.100.7 ~all")],
  ],
  [
    /^comes before "ip4:198\.51\.100\.7" and gives another result for the same mail/,
    spf("v=spf1 -ip4:198.51.100.0/24 ~all"),
    [
      /put "ip4:198\.51\.100\.7" before it/,
      spf("v=spf1 ip4:198.51.100.7 -ip4:198.51.100.0/24 ~all"),
    ],
  ],
  [
    /^names a domain that can't exist \([^)]*\)/,
    spf("v=spf1 include:spf..contoso.com ~all"),
    [/correct the name/, spf("v=spf1 ~all")],
    [/remove the term/, spf("v=spf1 ~all")],
  ],
  [
    /^look-ups exceed the limit of 10, after which receivers give up: .*?(?=; )/,
    spf(manyIncludes(11), Object.fromEntries(many)),
    [
      /remove what you do not need, first "include:[^"]*"/,
      spf(manyIncludes(10), Object.fromEntries(many)),
    ],
  ],
  [
    /^leads to spf\.elsewhere\.example, which has no SPF record/,
    spf("v=spf1 include:spf.elsewhere.example ~all"),
    [
      /correct the name/,
      spf("v=spf1 include:spf.elsewhere.example ~all", elsewhere("v=spf1 -all")),
    ],
    [/remove the term/, spf("v=spf1 ~all")],
  ],
  [
    /^leads to spf\.elsewhere\.example, whose record is broken \(.*?\)(?=; )/,
    spf("v=spf1 include:spf.elsewhere.example ~all", elsewhere("v=spf1 ip4 -all")),
    [
      /report it to its owner/,
      spf("v=spf1 include:spf.elsewhere.example ~all", elsewhere("v=spf1 -all")),
    ],
    [/remove the term/, spf("v=spf1 ~all")],
  ],
  [
    /^leads to spf\.elsewhere\.example, which has more than one SPF record/,
    spf("v=spf1 include:spf.elsewhere.example ~all", {
      "TXT spf.elsewhere.example": found("v=spf1 -all", "v=spf1 mx -all"),
    }),
    [
      /report it to its owner/,
      spf("v=spf1 include:spf.elsewhere.example ~all", elsewhere("v=spf1 -all")),
    ],
    [/remove the term/, spf("v=spf1 ~all")],
  ],
  [
    /^leads to 11 mail servers, but receivers look up 10 at most/,
    spf("v=spf1 mx ~all", {
      "MX contoso.com": found(...Array.from({ length: 11 }, (_, n) => `mx${n}.contoso.com`)),
    }),
    [/name their addresses with ip4 and ip6 instead/, spf("v=spf1 ip4:198.51.100.0/28 ~all")],
  ],
  [
    /^includes itself \(.*?\)/,
    spf("v=spf1 include:spf.elsewhere.example ~all", {
      "TXT spf.elsewhere.example": found("v=spf1 include:spf.elsewhere.example -all"),
    }),
    [/remove .*$/, spf("v=spf1 ~all")],
  ],
  [
    /^could not be looked up \(TXT of spf\.elsewhere\.example: .*?\)/,
    spf("v=spf1 include:spf.elsewhere.example ~all", {
      "TXT spf.elsewhere.example": { status: "failed", why: "SERVFAIL" },
    }),
    [
      /try again, and check the name servers of that domain/,
      spf("v=spf1 include:spf.elsewhere.example ~all", elsewhere("v=spf1 -all")),
    ],
  ],
  [
    /^names a domain that depends on the message, so it can't be looked up/,
    spf("v=spf1 exists:%{i}.spf.contoso.com ~all"),
    [/count its look-ups by hand/, spf("v=spf1 ~all")],
  ],
  [
    /^belongs to the stack relay\/prod, and a domain can belong to one stack only/,
    { records: [txt(DOMAIN, "v=spf1 ~all", THEIRS)] },
    [/remove the domain from one of the two stacks/, { records: [] }],
  ],
];

const BEGIN = /begin the record with "v=spf1" and a space/;
/** Of a text that is read without being one of those that receivers choose. */
const ANY_TEXTS: readonly Row<string>[] = [
  [/^is empty/, "", [BEGIN, "v=spf1 ~all"]],
  [
    /^has no space after it, so receivers see no SPF record|^has white space before it, [^;]*/,
    " v=spf1 ~all",
    [BEGIN, "v=spf1 ~all"],
  ],
  [/^has a quotation mark before the version/, '"v=spf1 ~all', [BEGIN, "v=spf1 ~all"]],
  [/^is not a version of SPF that receivers know/, "v=spf2 ~all", [BEGIN, "v=spf1 ~all"]],
  [/^is in the place of the version/, "mx ~all", [BEGIN, "v=spf1 mx ~all"]],
];

/** Each refusal and warning of an SPF record. */
export function spfFixes(): Refusal<unknown>[] {
  return [
    ...valueFixes(
      "SPF",
      (texts) => [...spfProblems("SPF", texts), ...spfWarnings("SPF", texts)],
      SPF_TEXTS,
    ),
    ...valueFixes("a text read as SPF", (text) => parseSpf(text).problems, ANY_TEXTS),
    ...valueFixes("our terms in SPF", (text) => mergeSpf(text, ["mx"]).problems, [
      [/^is not an SPF record/, "mx ~all", [BEGIN, "v=spf1 mx ~all"]],
    ]),
    ...valueFixes("a plan of SPF", judgeSpf, SPF_PLANS),
  ];
}
