import { withStop } from "../../mail/stop/mark.ts";
import { inboundConnector } from "../../providers/exchange/inboundConnector.ts";
import type { InboundConnectorInputs } from "../../providers/exchange/inboundConnectorForm.ts";
import type { ProviderFixture } from "../unit/providers/fixture.ts";
import { lifeOf, type Made } from "../unit/providers/life.ts";
import type { Refusal } from "./follow.ts";

/** What the stack declares of a connector, and what state has of it; nothing once the sender is removed. */
interface Declared {
  readonly news?: InboundConnectorInputs;
  readonly made?: Made<object, object>;
}

const marked = (owner: string) => `Managed by Pulumi: ${owner}. Changes made by hand are undone.`;

/** Each refusal of a connector, in a tenant in the lab. */
export function connectorFixes(fixture: ProviderFixture): Refusal<Declared>[] {
  const { lab, domain, address } = fixture;
  const life = () => lifeOf<object, object>(() => inboundConnector(fixture.run()));
  const byHand = (change: Record<string, unknown> = {}) => fixture.byHand(change);
  const set = (Identity: string, change: object) =>
    lab.admin("Set-InboundConnector", { Identity, ...change });
  const declared = (change: Partial<InboundConnectorInputs> = {}): Declared => ({
    news: fixture.declared({ associatedAcceptedDomains: [], ...change }),
  });
  const certified = (change: Partial<InboundConnectorInputs> = {}): Declared => ({
    news: fixture.certified({ associatedAcceptedDomains: [], ...change }),
  });
  const withNews =
    (change: Partial<InboundConnectorInputs>) =>
    ({ news, ...rest }: Declared): Declared =>
      news === undefined ? rest : { ...rest, news: { ...news, ...change } };
  const inWorld =
    (act: () => void) =>
    (situation: Declared): Declared => {
      act();
      return situation;
    };
  const isRemoved = (): Declared => ({});
  const ownConnector = withNews({ adopt: false, name: "relay-test-erp" });
  const otherName = () => declared({ name: "relay-test-crm", owner: "relay/test/crm" });

  const REMOVE_ADOPT =
    /remove adoptConnector from the sender, which gives it a connector of its own/;
  const row = (
    title: string,
    make: Refusal<Declared>["make"],
    says: RegExp,
    fixes: Refusal<Declared>["fixes"],
  ): Refusal<Declared> => ({
    title,
    says,
    fixes,
    make() {
      fixture.reset();
      return make();
    },
    refusals: ({ news, made }) => (news === undefined ? [] : life().refusals(news, made as never)),
    async afterwards({ news, made }) {
      if (news !== undefined) await life().up(news, made as never);
    },
  });
  const adopting = (name = "Old Relay") => declared({ adopt: true, name });
  const hybrid = (change: object = {}) =>
    byHand({ Name: "Hybrid", ConnectorSource: "HybridWizard", ...change });

  return [
    row(
      "a connector that matches by both",
      () => certified({ senderIPAddresses: [address] }),
      /^senderIPAddresses: is given together with tlsSenderCertificateName, [^;]*/,
      [[/give exactly one of the two/, () => certified()]],
    ),
    row(
      "a connector that matches nothing",
      () => declared({ senderIPAddresses: [] }),
      /^senderIPAddresses: is empty and tlsSenderCertificateName is missing, [^;]*/,
      [[/give exactly one of the two/, withNews({ senderIPAddresses: [address] })]],
    ),
    row(
      "an adopted connector that is declared as the sender's own",
      async () => {
        byHand({ Name: "relay-test-erp" });
        const { news } = adopting("relay-test-erp");
        return { ...declared(), made: await life().up(news ?? {}) };
      },
      /^adopt: can't be set for connector "relay-test-erp", which the stack has adopted/,
      [
        [/put adoptConnector: "relay-test-erp" back/, withNews({ adopt: true })],
        [/give the sender another name/, otherName],
      ],
    ),
    row(
      "an own connector that is declared as adopted",
      async () => {
        const { news } = declared();
        return { ...adopting("relay-test-erp"), made: await life().up(news ?? {}) };
      },
      /^adopt: can't be set for connector "relay-test-erp", which the stack created/,
      [[/remove adoptConnector from the sender, whose own connector it is/, ownConnector]],
    ),
    row(
      "a connector to adopt that does not exist, and none that could be",
      () => {
        hybrid();
        byHand({ Name: "theirs", Comment: marked("relay/prod/erp") });
        return adopting();
      },
      /^name: can't be adopted: the tenant has no connector of that name/,
      [[REMOVE_ADOPT, ownConnector]],
    ),
    row(
      "a connector to adopt that does not exist, and others that could be",
      () => {
        byHand({ Name: "Old Rely" });
        return adopting();
      },
      /^name: can't be adopted: the tenant has no connector of that name/,
      [
        [/name a connector that can be adopted \("Old Rely"\)/, withNews({ name: "Old Rely" })],
        [REMOVE_ADOPT, ownConnector],
      ],
    ),
    row(
      "the connector of a hybrid configuration, to be adopted",
      () => {
        hybrid();
        byHand({ Name: "Old Relay", SenderIPAddresses: ["192.0.2.250"] });
        return adopting("Hybrid");
      },
      /^name: can't be adopted: it is the connector of the organisation's hybrid configuration/,
      [
        [/name a connector that can be adopted \("Old Relay"\)/, withNews({ name: "Old Relay" })],
        [REMOVE_ADOPT, ownConnector],
      ],
    ),
    row(
      "the connector of a hybrid configuration, to be adopted for what it matches",
      () => {
        hybrid({ SenderIPAddresses: [address] });
        return adopting("Hybrid");
      },
      /^name: can't be adopted: it is the connector of the organisation's hybrid configuration/,
      [[/remove the sender: its server relays through that connector already/, isRemoved]],
    ),
    row(
      "another stack's connector, to be adopted",
      () => {
        byHand({ Name: "Old Relay", Comment: marked("relay/prod/erp") });
        return adopting();
      },
      /^name: can't be adopted: relay\/prod\/erp manages it \([^)]*\)/,
      [
        [REMOVE_ADOPT, ownConnector],
        [
          /if the stack relay\/prod is gone, take its mark away with Set-InboundConnector -Identity 'Old Relay' -Comment ''/,
          inWorld(() => set("Old Relay", { Comment: "" })),
        ],
      ],
    ),
    row(
      "the sender's own connector, renamed by hand, to be adopted",
      async () => {
        const { news } = declared();
        const made = await life().up(news ?? {});
        set(made.id, { Name: "Mine" });
        return { ...adopting("Mine"), made };
      },
      /^name: is the connector that this sender has already, renamed by hand/,
      [
        [
          /remove adoptConnector from the sender, and run pulumi up --refresh, which gives the connector its name back/,
          async ({ made }) => {
            const seen = await life().refresh(made as never);
            return { ...declared(), ...(seen && { made: seen }) };
          },
        ],
      ],
    ),
    row(
      "an address that a connector made by hand matches",
      () => {
        byHand({ Name: "Old Relay", SenderIPAddresses: [address] });
        return declared();
      },
      /^senderIPAddresses: is matched by "Old Relay" already/,
      [
        [
          /give the server an address of its own/,
          withNews({ senderIPAddresses: ["198.51.100.222"] }),
        ],
        [
          /take the connector over with adoptConnector: "Old Relay" on the sender/,
          withNews({ adopt: true, name: "Old Relay" }),
        ],
      ],
    ),
    row(
      "a certificate that a connector made by hand matches",
      () => {
        byHand({ Name: "Old Relay", TlsSenderCertificateName: `*.${domain}`, RequireTls: true });
        return certified();
      },
      /^tlsSenderCertificateName: shares certificates with "[^"]*" of "Old Relay"/,
      [
        // Every name in the accepted domain is below the wildcard.
        [
          /give the server a certificate name of its own/,
          withNews({ tlsSenderCertificateName: `relay.${lab.world.tenant.initialDomain}` }),
        ],
        [
          /take the connector over with adoptConnector: "Old Relay" on the sender/,
          withNews({ adopt: true, name: "Old Relay" }),
        ],
      ],
    ),
    row(
      "an address that a second connector matches, beside the one to adopt",
      () => {
        byHand({ Name: "Old Relay" });
        const range = address.replace(/\.\d+$/, ".0/24");
        byHand({ Name: "Wide", SenderIPAddresses: [range, "192.0.2.9"] });
        return adopting();
      },
      /^senderIPAddresses: shares addresses with [^;]* of "Wide"/,
      [
        [
          /give the server an address of its own/,
          withNews({ senderIPAddresses: ["203.0.113.222"] }),
        ],
        [
          /remove its present address from connector "Wide" in Exchange/,
          inWorld(() => set("Wide", { SenderIPAddresses: ["192.0.2.9"] })),
        ],
      ],
    ),
    row(
      "an address that another stack's connector matches",
      () => {
        byHand({ SenderIPAddresses: [address], Comment: marked("relay/prod/erp") });
        return declared();
      },
      /^senderIPAddresses: is matched by "by hand" already/,
      [
        [
          /give the server an address of its own/,
          withNews({ senderIPAddresses: ["198.51.100.222"] }),
        ],
        [
          /remove the sender from one of the two stacks/,
          inWorld(() => lab.admin("Remove-InboundConnector", { Identity: "by hand" })),
        ],
        [
          /if the stack relay\/prod is gone, take its mark away with Set-InboundConnector -Identity 'by hand' -Comment '', and name it in adoptConnector of the sender/,
          () => {
            set("by hand", { Comment: "" });
            return adopting("by hand");
          },
        ],
      ],
    ),
    row(
      "an address that the connector of a hybrid configuration matches",
      () => {
        hybrid({ SenderIPAddresses: [address] });
        return declared();
      },
      /^senderIPAddresses: is matched by "Hybrid" already/,
      [
        [
          /give the server an address of its own/,
          withNews({ senderIPAddresses: ["198.51.100.222"] }),
        ],
        [
          /remove the sender: its server relays through that connector of the hybrid configuration already/,
          isRemoved,
        ],
      ],
    ),
    row(
      "a name that a connector made by hand has",
      () => {
        byHand({ Name: "Relay-Test-ERP" });
        return declared();
      },
      /^name: is the name of a connector that exists already and is not ours \([^)]*\)/,
      [
        [/rename it/, inWorld(() => set("relay-test-erp", { Name: "Old Relay" }))],
        [
          /take it over with adoptConnector: "Relay-Test-ERP" on the sender/,
          withNews({ adopt: true, name: "Relay-Test-ERP" }),
        ],
      ],
    ),
    row(
      "a name that the connector of a hybrid configuration has",
      () => {
        hybrid({ Name: "relay-test-erp" });
        return declared();
      },
      /^name: is the name of the connector of the organisation's hybrid configuration/,
      [[/give the stack or the sender another name/, otherName]],
    ),
    row(
      "a name that another stack's connector has",
      () => {
        byHand({ Name: "relay-test-erp", Comment: marked("relay/prod/erp") });
        return declared();
      },
      /^name: is the name of a connector that relay\/prod\/erp manages \([^)]*\)/,
      [[/give the stack or the sender another name/, otherName]],
    ),
    row(
      "a certificate in no accepted domain",
      () => certified({ tlsSenderCertificateName: "relay.elsewhere.example" }),
      /^tlsSenderCertificateName: is in none of the tenant's accepted domains \([^)]*\)/,
      [
        [
          /use a certificate for a name in one of them/,
          withNews({ tlsSenderCertificateName: `relay.${domain}` }),
        ],
        [
          /add and verify its domain in Microsoft 365 first/,
          inWorld(() => verifyDomain(fixture, "elsewhere.example")),
        ],
      ],
    ),
    row(
      "a domain that is not accepted",
      () => declared({ associatedAcceptedDomains: ["elsewhere.example"] }),
      /^associatedAcceptedDomains\[0\]: is not an accepted domain of the tenant \([^)]*\)/,
      [
        [
          /add and verify it in Microsoft 365/,
          inWorld(() => verifyDomain(fixture, "elsewhere.example")),
        ],
        [/use one of these/, withNews({ associatedAcceptedDomains: [domain] })],
      ],
    ),
    row(
      "another tenant",
      async () => {
        const { news } = declared();
        const made = await life().up(news ?? {});
        return { ...declared({ tenantId: "11111111-2222-3333-4444-555555555555" }), made };
      },
      /^tenantId: is not the tenant that the stack was created in \([^)]*\)/,
      [[/use a separate stack for each tenant/, () => declared()]],
    ),
    row(
      "a tenant without Exchange Online",
      () => {
        lab.world.tenant.skus = [];
        return declared();
      },
      /^tenantId: has no active subscription with Exchange Online, so it can't relay mail/,
      [
        [
          /buy one \(Exchange Online Plan 1 is enough\)/,
          inWorld(() => {
            fixture.reset();
          }),
        ],
        [/use another tenant/, isRemoved],
      ],
    ),
    row(
      "a connector whose sender was stopped",
      () => {
        const { name: Name, owner } = fixture.declared();
        const stop = { at: "2026-11-28T19:50:00Z", before: { connector: true } };
        byHand({ Name, Comment: withStop(marked(owner), stop), Enabled: false });
        return declared();
      },
      /^: enabled: was stopped by hand on 2026-11-28 19:50 UTC with npm run stop, and this would let it send again/,
      [
        [
          /run npm run start -- --stack test --sender erp, then npm run pulumi -- up --refresh/,
          (situation) => {
            const { name, owner } = fixture.declared();
            set(name, { Comment: marked(owner), Enabled: true });
            return situation;
          },
        ],
      ],
    ),
    row(
      "a developer's tenant",
      () => {
        for (const sku of lab.world.tenant.skus) sku.skuPartNumber = "DEVELOPERPACK_E5";
        return declared();
      },
      /^tenantId: has only a Microsoft 365 E5 Developer subscription, [^;]*/,
      [
        [
          /use a tenant with a paid subscription; Microsoft's support does not lift this restriction/,
          isRemoved,
        ],
      ],
    ),
  ];
}

function verifyDomain({ lab }: ProviderFixture, id: string): void {
  const { domains, acceptedDomains } = lab.world.tenant;
  domains.push({ id, isInitial: false, isDefault: false, isVerified: true });
  acceptedDomains.push({ guid: id, name: id, isDefault: false, isInitial: false });
}
