import { dkimKeyProblems } from "../../mail/dns/dkim/key.ts";
import { type CnameState, cnameProblem } from "../../mail/dns/dkim/selector.ts";
import { type KnownZone, placementProblems, takenProblems } from "../../mail/dns/placement.ts";
import { mtaStsIdProblem, mxIsExchange, nullMxWarning } from "../../mail/dns/receiving.ts";
import type { DnsRecord } from "../../mail/dns/record.ts";
import type { PlacedRecord } from "../../mail/dns/records.ts";
import { tlsRecordProblems } from "../../mail/dns/tlsRecords.ts";
import type { Problem } from "../../mail/problem.ts";
import type { Refusal } from "./follow.ts";
import { DOMAIN, found, KEY, rsa, txt } from "./scene.ts";
import { type Row, valueFixes } from "./valueFixes.ts";

/** A zone and the domain in it whose records are to be published. */
interface Place {
  readonly records: readonly DnsRecord[];
  readonly external?: boolean;
  readonly overrideWildcard?: boolean;
}

const SHOP = `shop.${DOMAIN}`;
const record = (name: string, type: DnsRecord["type"], content: string): DnsRecord => ({
  ...{ name, type, content, ttl: 300 },
});

function judgePlace({ records, external, overrideWildcard = false }: Place): readonly Problem[] {
  if (external) return [];
  const zone: KnownZone = { name: DOMAIN, records };
  const placed: PlacedRecord[] = [
    { zone, name: SHOP, type: "TXT", purpose: "spf" },
    { zone, name: `_dmarc.${SHOP}`, type: "TXT", purpose: "dmarc" },
  ];
  return placementProblems({ domain: SHOP, overrideWildcard }, placed, zone);
}

const PLACES: readonly Row<Place>[] = [
  [
    /^delegates this name to other name servers, so that records of .*? in the zone .*? are not served to anybody/,
    { records: [record(SHOP, "NS", "ns1.elsewhere.example")] },
    [
      /set dns: \{host: external\} for the domain and publish what npm run dns lists at those name servers/,
      { records: [], external: true },
    ],
    [/remove the NS record/, { records: [] }],
  ],
  [
    /^is all that resolvers read at this name, so that a TXT or MX record beside it is not found \(RFC 1034 section 3\.6\.2\)/,
    { records: [record(SHOP, "CNAME", "shops.elsewhere.example")] },
    [
      /replace it by A and AAAA records with the addresses of its target/,
      { records: [record(SHOP, "A", "203.0.113.5")] },
    ],
  ],
  [
    /^serves this name and every name below it only until a record exists there \(RFC 4592\): .*? would no longer be served/,
    { records: [record(`*.${DOMAIN}`, "A", "203.0.113.5")] },
    [
      /create these records at shop\.contoso\.com and \*\.shop\.contoso\.com first/,
      {
        records: [
          record(`*.${DOMAIN}`, "A", "203.0.113.5"),
          record(SHOP, "A", "203.0.113.5"),
          record(`*.${SHOP}`, "A", "203.0.113.5"),
        ],
      },
    ],
    [
      /set overrideWildcard: true in dns of the domain/,
      { records: [record(`*.${DOMAIN}`, "A", "203.0.113.5")], overrideWildcard: true },
    ],
  ],
];

const TARGET = "selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft";
const PUBLISH = /publish a CNAME to \S+/;
const CNAME: CnameState = { expected: TARGET, found: found(TARGET) };

const DKIM_KEYS: readonly Row<string>[] = [
  [
    /^has a version that is not DKIM1/,
    KEY.replace("DKIM1", "DKIM2"),
    [/begin the record with "v=DKIM1;"/, KEY],
  ],
  [
    /^does not begin with its version/,
    KEY.replace("v=DKIM1; k=rsa;", "k=rsa; v=DKIM1;"),
    [/begin the record with "v=DKIM1;"/, KEY],
  ],
  [/^is not a tag/, `${KEY}; strict`, [/write name=value/, `${KEY}; n=strict`]],
  [
    /^has characters that are not ASCII/,
    `${KEY}; n=ä`,
    [/write it with ASCII characters/, `${KEY}; n=a`],
  ],
  [/^is the second k=/, `${KEY}; k=rsa`, [/leave one of them in the record/, KEY]],
  [
    /^is a key of type "dsa", which no verifier knows/,
    KEY.replace("k=rsa", "k=dsa"),
    [/write "k=rsa"/, KEY],
  ],
  [/^has no key \(p=\)/, "v=DKIM1; k=rsa", [/publish the key that signs/, KEY]],
  [
    /^has a key that can't be read/,
    "v=DKIM1; k=rsa; p=abc",
    [/publish the key again, as the signer shows it/, KEY],
  ],
  [/^is a revoked key/, "v=DKIM1; k=rsa; p=", [/publish the key that signs/, KEY]],
  [
    /^is a key of 1024 bits, fewer than 2048/,
    `v=DKIM1; k=rsa; p=${rsa(1024)}`,
    [/rotate to a key of 2048 bits/, KEY],
  ],
  [
    /^says that the domain only tests DKIM \(t=y\)/,
    `${KEY}; t=y`,
    [/remove t=y from the record/, KEY],
  ],
  [/^does not allow the hash sha256 \(h=\)/, `${KEY}; h=sha1`, [/remove h= from the record/, KEY]],
  [/^is not for mail \(s=\)/, `${KEY}; s=other`, [/remove s= from the record/, KEY]],
];

const STS = "v=STSv1; id=20261123;";
const RPT = "v=TLSRPTv1; rua=mailto:tls@contoso.com";
const WRITE_ID = /write id= with 1 to 32 letters and digits, e\.g\. "v=STSv1; id=20261123;"/;
const WRITE_RUA = /write e\.g\. "rua=mailto:tls@contoso\.com"/;

/** Records at the one name that MTA-STS has; without the key in the stack file nothing is wanted there. */
interface StsPlace {
  readonly records: readonly DnsRecord[];
  readonly isWanted: boolean;
}

const judgeSts = ({ records, isWanted }: StsPlace): readonly Problem[] => {
  const wanted = { name: "_mta-sts.contoso.com", type: "TXT", content: STS } as const;
  return isWanted
    ? takenProblems({ owner: "relay/test" }, { ...wanted, purpose: "mta-sts" }, records)
    : [];
};
const stsPlace = (text: string): StsPlace => ({
  records: [txt("_mta-sts.contoso.com", text)],
  isWanted: true,
});

const EXCHANGE = "contoso-com.mail.protection.outlook.com";
const OTHER_MX = "mx.elsewhere.example";

/** Each refusal and warning of a place in a zone, of DKIM's records and of MX records. */
export function zoneFixes(): Refusal<unknown>[] {
  return [
    ...valueFixes("a place in a zone", judgePlace, PLACES),
    ...valueFixes<readonly string[]>(
      "a record of MTA-STS",
      (texts) => tlsRecordProblems("mta-sts", "key", texts),
      [
        [/^has no id, so senders see no MTA-STS policy/, ["v=STSv1;"], [WRITE_ID, [STS]]],
        [
          /^has the id "a-b", which is not valid, so senders see no MTA-STS policy/,
          ["v=STSv1; id=a-b"],
          [WRITE_ID, [STS]],
        ],
        [
          /^are 2 MTA-STS records at one name, so senders use none of them/,
          [STS, "v=STSv1; id=2"],
          [/remove all but one/, [STS]],
        ],
      ],
    ),
    ...valueFixes<readonly string[]>(
      "a record of TLSRPT",
      (texts) => tlsRecordProblems("tls-rpt", "key", texts),
      [
        [/^has no rua, so senders report nowhere/, ["v=TLSRPTv1;"], [WRITE_RUA, [RPT]]],
        [
          /^has "tls@contoso\.com" in rua, which is neither a mailto: nor an https: URI, so senders report nowhere/,
          ["v=TLSRPTv1; rua=tls@contoso.com"],
          [WRITE_RUA, [RPT]],
        ],
      ],
    ),
    ...valueFixes("a place for MTA-STS", judgeSts, [
      [
        /^is a record that somebody else created(?=; )/,
        stsPlace("v=STSv1; id=1"),
        [
          /remove mtaSts and tlsRpt from the domain to leave the record as it is/,
          { ...stsPlace("v=STSv1; id=1"), isWanted: false },
        ],
        [/remove the record/, { records: [], isWanted: true }],
      ],
      [
        /^is a record that somebody else created, and has no id, so senders see no MTA-STS policy/,
        stsPlace("v=STSv1;"),
        [
          /remove it, as it has no effect, so that the stack can publish its own/,
          { records: [], isWanted: true },
        ],
      ],
    ]),
    ...valueFixes("a DKIM key", (text) => dkimKeyProblems("key", text), DKIM_KEYS),
    ...valueFixes<CnameState>("a DKIM CNAME", (state) => [cnameProblem("selector1", state)], [
      [
        /^is proxied by Cloudflare, [^;]*/,
        { ...CNAME, proxied: true },
        [/set it to DNS only/, CNAME],
      ],
      [
        /^could not be looked up \(.*?\)/,
        { ...CNAME, found: { status: "failed", why: "SERVFAIL" } },
        [/try again, and check the zone's name servers/, CNAME],
      ],
      [/^has no CNAME record/, { ...CNAME, found: { status: "nxdomain" } }, [PUBLISH, CNAME]],
      [
        /^is not the target that Exchange assigned/,
        { ...CNAME, found: found("elsewhere.example") },
        [PUBLISH, CNAME],
      ],
    ]),
    ...valueFixes<readonly string[] | undefined>(
      "MX for MTA-STS",
      (hosts) => (hosts === undefined ? [] : [mxIsExchange(hosts, EXCHANGE, "MX")]),
      [
        [
          /^is not the tenant's Exchange Online host/,
          [OTHER_MX],
          [/point the MX record to \S* alone/, [EXCHANGE]],
          [/remove mtaSts and tlsRpt from the domain/, undefined],
        ],
        [
          /^has no record/,
          [],
          [/point the MX record to \S* alone/, [EXCHANGE]],
          [/remove mtaSts and tlsRpt from the domain/, undefined],
        ],
      ],
    ),
    ...valueFixes<readonly string[]>("MX", (hosts) => [nullMxWarning(DOMAIN, hosts)], [
      [
        /^says that the domain takes no mail, [^;]*/,
        ["."],
        [/point the MX record to a host that takes replies/, [OTHER_MX]],
        [/send from another domain/, []],
      ],
    ]),
    ...valueFixes("MTA-STS", (id) => [mtaStsIdProblem("id", id)], [
      [
        /^is not a valid id of an MTA-STS policy/,
        "2026-11-23",
        [/use 1 to 32 letters and digits, e\.g\. "20261123"/, "20261123"],
      ],
    ]),
  ];
}
