// A lab whose tenant has what the ejected relays of the tests adopt.
import type { Lab } from "../../../lab/src/lab.ts";
import { labApplications, labSenders, signInCertificate } from "../../../lab/stack/senders.ts";
import { labConfig } from "../../../lab/stack/stackConfig.ts";
import { type Fixture, openFixture } from "../fixture.ts";
import type { Ended } from "../readingScript.ts";
import { runWriting } from "../runScript.ts";

const NEWS = "0b0d5a3c-7f0e-4c55-9b61-3f3f0f5f9c11";
/** What is typed where the script asks for a password. */
export const PASSWORD = "correct-Horse-7";

/** A stack that has every kind of sender but the classic ones. */
export function everyKind({ world }: Lab): Record<string, unknown> {
  const { domain } = world.tenant;
  const [erp] = labSenders(world);
  const [shop, crm] = labApplications(world);
  const license = world.tenant.skus.find(({ servicePlans }) =>
    servicePlans.some(({ servicePlanName }) => servicePlanName === "EXCHANGE_S_STANDARD"),
  )?.skuPartNumber;
  const config = labConfig(world);
  const otherServices = [
    {
      name: "newsletter",
      spf: ["ip4:203.0.113.78"],
      dkim: [
        { selector: "n1", target: "n1.dkim.newsletter.example" },
        {
          selector: "n2",
          publicKey: "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        },
      ],
    },
  ];
  return {
    ...config,
    "m365-smtp-relay:domains": [
      ...(config["m365-smtp-relay:domains"] as object[]).map((one) => ({ ...one, otherServices })),
      { name: `news.${domain}` },
    ],
    "m365-smtp-relay:senders": [
      ...(config["m365-smtp-relay:senders"] as { name: string }[]).map((sender) => ({
        ...sender,
        ...(sender.name === shop.name && {
          federatedIdentity: [
            shop.federatedIdentity,
            { ...shop.federatedIdentity, subject: "shop/staging", name: "staging" },
          ],
        }),
        ...(sender.name === crm.name && {
          signInCertificate: [
            crm.signInCertificate,
            { certificate: signInCertificate("renewed").certificate, name: "renewed" },
          ],
        }),
      })),
      {
        ...{ name: "scanner", from: [`*@${domain}`], authentication: ["staticIp"] },
        ...{ egress: [erp.egress.replace(/\d+$/, "200")], adoptConnector: "Bob's `$old` relay" },
        fence: true,
      },
      { name: "app", from: [`app@news.${domain}`, crm.from], authentication: ["oauth"] },
      {
        ...{ name: "support", from: [`support@${domain}`], authentication: ["oauth"] },
        ...{ adoptMailbox: true },
      },
      {
        ...{ name: "bulletin", from: [`bulletin@${domain}`], authentication: ["password"] },
        ...{ external: 0, recipientsPerDay: 50_000 },
      },
      { name: "printer", from: [`printer@${domain}`], authentication: ["password"], license },
    ],
  };
}

/** A stack whose app has the classic rights, and a domain whose DNS is elsewhere. */
export function classic({ world }: Lab): Record<string, unknown> {
  const { domain } = world.tenant;
  return {
    ...labConfig(world),
    "m365-smtp-relay:applicationAccess": "classic",
    "m365-smtp-relay:waitMinutes": 0,
    "m365-smtp-relay:domains": [
      { name: domain, dns: { host: "external" }, dmarc: { adopt: true } },
    ],
    "m365-smtp-relay:senders": [
      { name: "app", from: [`app@${domain}`], authentication: ["oauth"] },
      {
        ...{ name: "scanner", from: [`scan+fax@${domain}`], authentication: ["staticIp"] },
        ...{ egress: ["198.51.100.200"], fence: true },
      },
    ],
  };
}

/** Opens the lab, with a stack that is not up. */
export async function openEject(): Promise<Fixture> {
  const fixture = await openFixture();
  const { lab } = fixture;
  const { domain } = lab.world.tenant;
  const news = `news.${domain}`;
  const { tenant } = lab.world;
  tenant.domains.push({ id: news, isDefault: false, isInitial: false, isVerified: true });
  tenant.acceptedDomains.push({ guid: NEWS, name: news, isDefault: false, isInitial: false });
  lab.admin("New-Mailbox", {
    ...{ Shared: true, Name: "Support", PrimarySmtpAddress: `support@${domain}` },
  });
  lab.admin("New-InboundConnector", {
    ...{ Name: "Bob's `$old` relay", ConnectorType: "OnPremises", SenderDomains: ["*"] },
    ...{ SenderIPAddresses: ["203.0.113.77"], Comment: "ask `Bob`" },
  });
  await fixture.open();
  return fixture;
}

/** Runs the command at no terminal. */
export const eject = (
  fixture: Fixture,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Ended> => runWriting(fixture, "scripts/eject/main.ts", args, env);
