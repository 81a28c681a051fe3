import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LICENSE_RULES } from "../../../../mail/senders/licenseNeeds.ts";
import { LIMITS } from "../../../../mail/senders/limits.ts";
import { type ChosenSender, type Overview, overviewOf } from "../../../../mail/senders/overview.ts";
import { overviewMarkdown } from "../../../../mail/senders/overviewMarkdown.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { withMembers } from "../../../../mail/senders/via.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  ...{ name: "shop", from: ["orders@contoso.com"], authentication: ["oauth"], egress: [] },
  ...DEFAULTS,
};
const exchange: Sender = {
  ...{ ...shop, name: "exchange", from: ["*@contoso.com"], exchangeServer: true },
  ...{ authentication: ["certificate"], certificateName: "mail.contoso.com" },
};
const erp: Sender = {
  ...{ ...shop, name: "erp", from: ["erp@contoso.com"], authentication: ["none"] },
  via: "exchange",
};

const refusal = (because: string) => ({ because, fix: "mend it" });

/** A sender in an overview, with no more than it has to have. */
const front = (sender: string, way: string, change: Partial<ChosenSender> = {}): ChosenSender => ({
  ...{ sender, from: [`${sender}@contoso.com`], method: "connector", way, because: "it can" },
  license: { rule: "directSend", ...LICENSE_RULES.directSend },
  ...{
    usage: [],
    notes: [],
    otherwise: [{ way: "direct send", refusals: [refusal("it is far")] }],
  },
  ...change,
});
const { recipientsPerMessage, recipientsPerDay } = LIMITS;

const SMALL: Overview = {
  senders: [
    front("gate", "connector by address", {
      description: "Server | *hall*",
      from: ["gate@contoso.com", "*@contoso.org"],
      because: "it has fixed_addresses",
      license: { rule: "connector", ...LICENSE_RULES.connector },
      cost: { currency: "EUR", amount: 3.7 },
      usage: [
        { limit: recipientsPerMessage, value: 500, peak: 5 },
        { limit: recipientsPerDay, value: 10_000, peak: 5000 },
      ],
      notes: ["it is *slow*"],
      otherwise: [
        { way: "direct_send", refusals: [] },
        { way: "Graph_sendMail", refusals: [refusal("it is *old*"), refusal("it is far")] },
      ],
    }),
    front("door", "on-premises Exchange", { via: "gate" }),
    front("lift", "connector by address"),
    front("news", "Azure Communication Services", { method: "azureCommunicationServices" }),
  ],
  tenant: { limit: LIMITS.externalRecipientsPerDay, value: 10_312, peak: 1031 },
  paidLicenses: 2,
  licenses: [
    { sku: "SPB", senders: ["gate"], assigned: 0, free: 3 },
    { sku: "TEST_SKU", senders: ["lift"], assigned: 1, free: 0 },
  ],
};

const PAGE = `# Senders of stack \`prod\`

\`\`\`mermaid
flowchart LR
  sender-0["gate"] --> way-0["connector by address"]
  sender-1["door"] --> sender-0["gate"]
  sender-2["lift"] --> way-0["connector by address"]
  sender-3["news"] --> way-1["Azure Communication Services"]
  way-0 --> exchange["Exchange Online"]
  way-1 --> azure["Azure"]
\`\`\`

| Sender | From | Method | Why | Licence | Uses |
| --- | --- | --- | --- | --- | --- |
| \`gate\`<br>Server \\| \\*hall\\* | \`gate@contoso.com\`, \`*@contoso.org\` | connector by address | it has fixed\\_addresses | none asked for<br>3.70 EUR a month | 5,000 of 10,000 recipients in 24 hours (50 %)<br>5 of 500 recipients a message (1 %) |
| \`door\` | \`door@contoso.com\` | on-premises Exchange | it can | none | – |
| \`lift\` | \`lift@contoso.com\` | connector by address | it can | none | – |
| \`news\` | \`news@contoso.com\` | Azure Communication Services | it can | none | – |

All together: 1,031 of 10,312 external recipients in 24 hours (10 %), in a tenant with 2 paid licences.

Costs: 3.70 EUR a month at the most, at 31 busy days.

Licences SPB: 1 needed (gate), 0 of them assigned; 3 free.

Licences TEST\\_SKU: 1 needed (lift), 1 of them assigned; 0 free.

Licences: for gate, another page of Microsoft's says: Users who send from devices or applications that relay need licences of their own; for those without a mailbox, one for Exchange Online Protection is the cheapest that allows sending (docs/reference/limits.md).

<details>
<summary>Why not otherwise: gate</summary>

- it is \\*slow\\*.
- direct\\_send would work too.
- Graph\\_sendMail: it is \\*old\\*; it is far.

</details>

<details>
<summary>Why not otherwise: lift</summary>

- direct send: it is far.

</details>

<details>
<summary>Why not otherwise: news</summary>

- direct send: it is far.

</details>
`;

describe("overviewMarkdown", () => {
  it("shows all of an overview", () => assert.equal(overviewMarkdown("prod", SMALL), PAGE));
  it("shows nothing of costs and licences where nobody has said any", () => {
    const { licenses: _, ...rest } = SMALL;
    const senders = [front("lift", "direct send")];
    assert.equal(
      overviewMarkdown("prod", { ...rest, senders }),
      `# Senders of stack \`prod\`

\`\`\`mermaid
flowchart LR
  sender-0["lift"] --> way-0["direct send"]
  way-0 --> exchange["Exchange Online"]
\`\`\`

| Sender | From | Method | Why | Licence | Uses |
| --- | --- | --- | --- | --- | --- |
| \`lift\` | \`lift@contoso.com\` | direct send | it can | none | – |

All together: 1,031 of 10,312 external recipients in 24 hours (10 %), in a tenant with 2 paid licences.

<details>
<summary>Why not otherwise: lift</summary>

- direct send: it is far.

</details>
`,
    );
  });
  it("draws many that send alike as one, but not those that others send through", () => {
    const drawn = (count: number) => {
      const senders = [
        ...Array.from({ length: count }, (_, index) => front(`p${index}`, "direct send")),
        front("gate", "direct send"),
        front("door", "direct send", { via: "gate" }),
      ];
      const [, picture = ""] =
        /flowchart LR\n([^`]*)```/.exec(overviewMarkdown("prod", { ...SMALL, senders })) ?? [];
      return picture.trim().split("\n");
    };
    assert.equal(drawn(12).length, 15);
    assert.deepEqual(drawn(13), [
      'sender-0["p0, p1, p2, p3, p4, p5 and 7 more"] --> way-0["direct send"]',
      '  sender-13["gate"] --> way-0["direct send"]',
      '  sender-14["door"] --> sender-13["gate"]',
      '  way-0 --> exchange["Exchange Online"]',
    ]);
  });
  it("draws names that Mermaid would take for an arrow", () => {
    const names = ["x---o", "a--b", "end"];
    const page = overviewMarkdown(
      "prod",
      overviewOf(
        names.map((name) => ({ ...shop, name })),
        1,
      ),
    );
    const [, picture = ""] = /```mermaid\n([^`]*)```/.exec(page) ?? [];
    const drawn = picture.replaceAll(/\["[^"]*"\]/g, "");
    assert.match(drawn, /^flowchart LR\n(?: {2}[a-z]+(?:-\d+)? --> [a-z]+(?:-\d+)?\n)+$/);
    for (const name of names) assert.ok(picture.includes(`["${name}"]`), name);
  });
  it("draws the sender that one sends through where that is not shown itself", () => {
    const overview = overviewOf(withMembers([exchange, erp]), 1);
    const senders = overview.senders.filter(({ sender }) => sender === "erp");
    const page = overviewMarkdown("prod", { ...overview, senders });
    assert.match(page, /sender-0\["erp"\] --> sender-1\["exchange"\]\n/);
  });
  it("puts no markup of a description into the page", () => {
    const description = "<img src=x> | **b** @everyone";
    const page = overviewMarkdown("prod", overviewOf([{ ...shop, description }], 1));
    assert.doesNotMatch(page, /(?<!\\)<img|(?<!\\)\*\*b/);
  });
});
