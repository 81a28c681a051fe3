import type { Lab } from "../src/lab.ts";
import { addDomains } from "../stack/manyDomains.ts";

/** One sender or domain of a stack file. */
type Entry = Readonly<Record<string, unknown> & { name: string }>;

/** What an example's stack file has. */
export interface ExampleFile {
  readonly senders: readonly Entry[];
  readonly domains: readonly Entry[];
  readonly applicationAccess?: "classic";
}

export type Beginning = "up" | "shop retired" | "domain retired";

/** One change of the examples of `npm run review`. */
export interface Example {
  /** Name of its file. */
  readonly name: string;
  /** What somebody did, a sentence. */
  readonly title: string;
  /** The state that it begins with: after an `up`, with nothing marked, or with shop or its domain marked with `retire`. */
  readonly from: Beginning;
  /** The stack file after the change. */
  change(file: ExampleFile, places: Places): ExampleFile;
  /** What somebody does by hand in Exchange before it; the review then refreshes. */
  byHand?(lab: Lab): void;
  /** Whether the stack `test` has the same change. */
  readonly alsoInTest?: true;
}

/** Domains of the examples' tenant. */
export interface Places {
  /** The domain that the stack has from the beginning. */
  readonly domain: string;
  /** Domains that it may add; the first one's zone has an SPF record. */
  readonly more: readonly string[];
  /** The domain of the stack `test`. */
  readonly test: string;
}

/** Domains that bring the examples' stack to more than 500 resources. */
const MANY = 64;

/** Gives the tenant what the examples need. */
export function furnish(lab: Lab): Places {
  const { domain } = lab.world.tenant;
  const [test = "", ...more] = addDomains(lab, MANY + 1);
  const [foreign = ""] = more;
  const services = ["crm", "news", "survey", "desk", "shop", "hr", "pay"];
  lab.editZone(foreign, (records) => [
    ...records,
    txt(foreign, `v=spf1 ${services.map((one) => `include:${one}.${foreign}`).join(" ")} ~all`),
    ...services.map((one, index) =>
      txt(`${one}.${foreign}`, `v=spf1 ip4:203.0.113.${index + 1} -all`),
    ),
  ]);
  return { domain, more, test };
}

const txt = (name: string, text: string) => ({ type: "TXT" as const, name, content: `"${text}"` });

/** The stack file that each example changes. */
export function exampleFile(domain: string): ExampleFile {
  return {
    domains: [{ name: domain, dmarc: { adopt: true } }],
    senders: [
      {
        name: "erp",
        from: [`*@${domain}`],
        authentication: ["staticIp"],
        egress: ["198.51.100.7"],
      },
      {
        ...{ name: "billing", from: [`*@${domain}`], authentication: ["certificate"] },
        certificateName: `relay.${domain}`,
      },
      { name: "shop", from: [`shop@${domain}`], authentication: ["oauth"], recipientsPerDay: 500 },
      {
        ...{ name: "crm", from: [`crm@${domain}`], authentication: ["oauth"] },
        federatedIdentity: {
          issuer: "https://token.actions.githubusercontent.com",
          subject: "repo:contoso/crm:ref:refs/heads/main",
        },
      },
    ],
  };
}

/** The same with shop or the domain marked. */
export const beginning = (file: ExampleFile, from: Beginning): ExampleFile => ({
  ...file,
  senders: file.senders.map((one) =>
    from === "shop retired" && one.name === "shop" ? { ...one, retire: true } : one,
  ),
  domains: file.domains.map((one) => (from === "domain retired" ? { ...one, retire: true } : one)),
});

const sender =
  (name: string, changed: Readonly<Record<string, unknown>>) =>
  (file: ExampleFile): ExampleFile => ({
    ...file,
    senders: file.senders.map((one) => (one.name === name ? { ...one, ...changed } : one)),
  });

const domains =
  (change: (all: readonly Entry[], places: Places) => readonly Entry[]) =>
  (file: ExampleFile, places: Places): ExampleFile => ({
    ...file,
    domains: change(file.domains, places),
  });

const withoutSender =
  (name: string) =>
  (file: ExampleFile): ExampleFile => ({
    ...file,
    senders: file.senders.filter((one) => one.name !== name),
  });

/** Every example, in the order of the issue's list of changes that reviewers meet. */
export const EXAMPLES: readonly Example[] = [
  {
    name: "sender-added",
    title: "A scanner that signs in as a mailbox is added.",
    from: "up",
    change: (file, { domain }) => ({
      ...file,
      senders: [
        ...file.senders,
        {
          name: "scanner",
          from: [`scanner@${domain}`],
          authentication: ["oauth"],
          recipientsPerDay: 200,
        },
      ],
    }),
  },
  {
    name: "sender-removed-without-retire",
    title: "The shop is removed, without a mark before.",
    from: "up",
    change: withoutSender("shop"),
  },
  {
    name: "sender-marked-with-retire",
    title: "The shop is marked with retire: true.",
    from: "up",
    change: sender("shop", { retire: true }),
  },
  {
    name: "sender-removed-after-retire",
    title: "The shop is removed, which an earlier change has marked.",
    from: "shop retired",
    change: withoutSender("shop"),
  },
  {
    name: "sender-renamed",
    title: "The shop, which an earlier change has marked, is called store.",
    from: "shop retired",
    change: sender("shop", { name: "store", retire: false }),
  },
  {
    name: "address-widened",
    title: "The ERP system may send from a whole range of addresses.",
    from: "up",
    change: sender("erp", { egress: ["198.51.100.0/24"] }),
  },
  {
    name: "certificate-name-changed",
    title: "The billing server gets a certificate for another name.",
    from: "up",
    change: (file, { domain }) => sender("billing", { certificateName: `billing.${domain}` })(file),
  },
  {
    name: "dmarc-stage",
    title: "DMARC of the domain goes from none to quarantine.",
    from: "up",
    change: domains((all) =>
      all.map((one) => ({ ...one, dmarc: { adopt: true, policy: "quarantine" } })),
    ),
  },
  {
    name: "dkim-off",
    title:
      "The stack is no longer to publish the DKIM records of the domain, which an earlier change has marked.",
    from: "domain retired",
    change: domains((all) =>
      all.map((one) => ({ ...one, retire: true, dkim: { records: "published" } })),
    ),
  },
  {
    name: "domain-added",
    title: "A second domain is added.",
    from: "up",
    change: domains((all, { more }) => [...all, { name: more[1] ?? "" }]),
  },
  {
    name: "zone-with-foreign-spf",
    title: "A domain is added for which seven other services send already.",
    from: "up",
    change: domains((all, { more }) => [...all, { name: more[0] ?? "" }]),
  },
  {
    name: "app-secret-rolled",
    title: "The shop gets a new secret.",
    from: "up",
    change: sender("shop", { credentialGeneration: 2 }),
  },
  {
    name: "license-added",
    title: "The mailbox of the shop gets a licence.",
    from: "up",
    change: sender("shop", { license: "EXCHANGESTANDARD" }),
  },
  {
    name: "rbac-to-classic",
    title:
      "Apps get access to their mailboxes by permissions in Entra, and not by roles in Exchange.",
    from: "up",
    change: (file) => ({ ...file, applicationAccess: "classic" }),
  },
  {
    name: "two-stacks",
    title: "In two stacks, the limit of the shop is raised.",
    from: "up",
    change: sender("shop", { recipientsPerDay: 2000 }),
    alsoInTest: true,
  },
  {
    name: "drift-repaired",
    title:
      "Somebody has opened the connector of the ERP system to another address, and the change is none.",
    from: "up",
    change: (file) => file,
    byHand: (lab) =>
      lab.admin("Set-InboundConnector", {
        Identity: "relay-prod-erp",
        SenderIPAddresses: ["198.51.100.7", "198.51.100.200"],
      }),
  },
  {
    name: "nothing",
    title: "Nothing differs.",
    from: "up",
    change: (file) => file,
  },
  {
    name: "500-resources",
    title: "Sixty domains are added, with more than 500 resources.",
    from: "up",
    change: (file, { more }) => ({
      ...file,
      domains: [...file.domains, ...more.slice(1).map((name) => ({ name }))],
      senders: file.senders.map((one) =>
        one.name === "erp"
          ? {
              ...one,
              from: [...(one.from as string[]), ...more.slice(1).map((name) => `*@${name}`)],
            }
          : one,
      ),
    }),
  },
];
