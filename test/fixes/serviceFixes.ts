import {
  otherServicesProblems,
  publicKeyProblem,
  selectorProblem,
  selectorTargetProblem,
  serviceTermProblem,
} from "../../mail/dns/otherServices.ts";
import { takenProblems } from "../../mail/dns/placement.ts";
import type { DnsRecord } from "../../mail/dns/record.ts";
import type { Refusal } from "./follow.ts";
import { KEY, rsa } from "./scene.ts";
import { valueFixes } from "./valueFixes.ts";

const one = <T>(problem: T | undefined): T[] => (problem === undefined ? [] : [problem]);
const AS_SHOWN =
  /use the text of the TXT record that the service shows, e\.g\. "v=DKIM1; k=rsa; p=…"/;

type Services = Parameters<typeof otherServicesProblems>[0];
interface Domain {
  readonly services: Services;
  readonly unmanaged?: readonly string[];
}
const NAME = "k1._domainkey.contoso.com";
const service = (name: string, selector: string, rest: object = {}) => ({
  ...{ name, spf: ["include:spf.crm.example"], dkim: [{ selector, target: "dkim.crm.example" }] },
  ...rest,
});
const crm = service("crm", "k1");

/** What is at the name of a service's record, and what the stack file says of it. */
interface Place {
  readonly records: readonly DnsRecord[];
  readonly target: string;
}
const cname = (content: string): DnsRecord => ({ type: "CNAME", name: NAME, content });

/** Each refusal of a service that sends for a domain. */
export function serviceFixes(): Refusal<unknown>[] {
  return [
    ...valueFixes<string>("a selector", (value) => one(selectorProblem("key", value)), [
      [
        /^is a selector of Exchange's own, which the stack publishes already/,
        "selector1",
        [/leave it out, or have the service use another selector/, "s1"],
      ],
      [
        /^is not a DKIM selector/,
        "k1._domainkey.contoso.com",
        [/write what stands before "\._domainkey" alone: "k1"/, "k1"],
      ],
      [
        /^is not a DKIM selector/,
        "k 1",
        [
          /use what stands before "\._domainkey" in the name that the service shows, e\.g\. "k1"/,
          "k1",
        ],
      ],
    ]),
    ...valueFixes<string>("a target", (value) => one(selectorTargetProblem("key", value)), [
      [
        /^is not a host name/,
        "https://crm.example",
        [
          /use the target of the CNAME that the service shows, e\.g\. "dkim\.mcsv\.net"/,
          "k1._domainkey.crm.example",
        ],
      ],
    ]),
    ...valueFixes<string>("a key", (value) => one(publicKeyProblem("key", value)), [
      [/^is a revoked key \(p=\)/, "v=DKIM1; p=", [AS_SHOWN, KEY]],
      [
        /^is a key of 512 bits, and verifiers take none of fewer than 1024/,
        `v=DKIM1; k=rsa; p=${rsa(512)}`,
        [/have the service make a longer one/, `v=DKIM1; k=rsa; p=${rsa(1024)}`],
      ],
    ]),
    ...valueFixes<string>("a term", (value) => one(serviceTermProblem("key", value)), [
      [
        /^is a whole record, and this is a list of its terms/,
        "v=spf1 include:spf.crm.example -all",
        [
          /write its terms one by one, without v=spf1 and all, e\.g\. "include:servers\.mcsv\.net"/,
          "include:spf.crm.example",
        ],
      ],
      [
        /^is no mechanism that lets mail pass/,
        "~include:spf.crm.example",
        [
          /write the service's mechanism without a sign, e\.g\. "include:servers\.mcsv\.net"/,
          "include:spf.crm.example",
        ],
      ],
    ]),
    ...valueFixes<Domain>(
      "the services of a domain",
      ({ services, unmanaged = [] }) =>
        otherServicesProblems(services, unmanaged).map(({ problem }) => problem),
      [
        [
          /^is the name of two services/,
          { services: [crm, service("crm", "k2")] },
          [/give each its own name/, { services: [crm, service("news", "k2")] }],
        ],
        [
          /^has neither spf nor dkim/,
          { services: [service("crm", "k1", { spf: [], dkim: [] })] },
          [/add what the service asks you to publish/, { services: [crm] }],
          [/remove it/, { services: [] }],
        ],
        [
          /^has no effect, because unmanaged lists spf/,
          { services: [crm], unmanaged: ["spf"] },
          [/remove spf from unmanaged/, { services: [crm] }],
          [
            /remove this key/,
            { services: [service("crm", "k1", { spf: [] })], unmanaged: ["spf"] },
          ],
        ],
        [
          /^is a selector of the service "crm" too/,
          { services: [crm, service("news", "K1")] },
          [/list each selector once/, { services: [crm, service("news", "K2")] }],
        ],
        ...[{}, { target: "dkim.crm.example", publicKey: KEY }].map(
          (both) =>
            [
              "target" in both
                ? /^has both target and publicKey/
                : /^has neither target nor publicKey/,
              { services: [service("crm", "k1", { dkim: [{ selector: "k1", ...both }] })] },
              [
                /write target for a CNAME record, or publicKey for a TXT record, as the service shows it/,
                { services: [crm] },
              ],
            ] as const,
        ),
      ],
    ),
    ...valueFixes<Place>(
      "the place of a service's record",
      ({ records, target: content }) => {
        const wanted = { name: NAME, type: "CNAME", purpose: "service-dkim", content } as const;
        return takenProblems({ owner: "relay/test" }, wanted, records);
      },
      [
        [
          /^is a record that somebody else created/,
          { records: [cname("old.crm.example")], target: "dkim.crm.example" },
          [
            /if the service shows this record, write it into dkim of the service in otherServices, and it is left as it is/,
            { records: [cname("old.crm.example")], target: "old.crm.example" },
          ],
          [/else remove the record/, { records: [], target: "dkim.crm.example" }],
        ],
      ],
    ),
  ];
}
