import type { World } from "../src/lab.ts";
import type { Scene } from "../stack/scene.ts";
import { addRecord, changeConnector, domainOf, editRecords } from "./byHand.ts";
import type { Sabotage } from "./play.ts";

/** What turns the lines red that send mail, and those that judge it. */
export const MAIL_SABOTAGE: readonly Sabotage[] = [
  {
    line: "erp",
    title: "The internet provider gives erp's server another address",
    when: "before",
    change({ lab: { world } }) {
      const [address] = world.addresses.customer;
      world.addresses.customer[0] = "192.0.2.250";
      return () => {
        world.addresses.customer[0] = address;
      };
    },
  },
  {
    line: "billing",
    title: "Billing's server presents a self-signed certificate",
    when: "before",
    async change(scene) {
      const names: [string] = [scene.senders[1]?.host ?? ""];
      scene.certificate = await scene.lab.issueCertificate({ names, issuer: "self-signed" });
    },
  },
  {
    line: "shop",
    title: "Somebody gives Exchange the app registration's object id (wrong object id)",
    when: "before",
    change({ lab: { world } }) {
      const [principal] = principalsOf(world, "shop");
      const app = world.directory.applications.find(({ appId }) => appId === principal?.appId);
      if (principal === undefined || app === undefined) throw new Error("shop has no app");
      const { objectId } = principal;
      principal.objectId = app.id;
      return () => {
        principal.objectId = objectId;
      };
    },
  },
  {
    line: "shop",
    title: "Somebody removes the role of shop's app (role missing)",
    when: "before",
    change({ lab: { world } }) {
      const { roleAssignments } = world;
      world.roleAssignments = roleAssignments.filter(({ name }) => name !== "relay-lab-shop");
      return () => {
        world.roleAssignments = roleAssignments;
      };
    },
  },
  {
    line: "shop",
    title: "Shop uses a token from two hours ago (expired token)",
    when: "before",
    change: (scene) =>
      withToken(scene, async (own, application, signIn) => {
        const token = await own(application, signIn);
        await scene.lab.clock.advance(2 * 3_600_000);
        return token;
      }),
  },
  {
    line: "shop",
    title: "A stranger's app tries to send as shop (stranger's app)",
    when: "before",
    change(scene) {
      const { directory } = scene.lab.world;
      const { applications, servicePrincipals } = directory;
      const [principal] = principalsOf(scene.lab.world, "shop");
      const app = applications.find(({ appId }) => appId === principal?.appId);
      const enterprise = servicePrincipals.find(({ appId }) => appId === principal?.appId);
      if (app === undefined || enterprise === undefined) throw new Error("shop has no app");
      const [id, appId] = [app.id, app.appId].map((guid) => guid.replace(/^.{8}/, "0badf00d"));
      if (id === undefined || appId === undefined) throw new Error("an app without ids");
      directory.applications = [...applications, { ...app, id, appId }];
      directory.servicePrincipals = [...servicePrincipals, { ...enterprise, id, appId }];
      const undo = withToken(scene, (own, application, signIn) =>
        own(application, { ...signIn, clientId: appId }),
      );
      return () => {
        undo();
        Object.assign(directory, { applications, servicePrincipals });
      };
    },
  },
  {
    line: "crm",
    title: "Somebody switches SMTP AUTH off for crm's mailbox (SMTP AUTH off)",
    when: "before",
    change(scene) {
      const { lab, applications } = scene;
      const Identity = applications.find(({ name }) => name === "crm")?.from;
      const mailbox = lab.world.mailboxes.find(({ address }) => address === Identity);
      const before = structuredClone(mailbox);
      lab.admin("Set-CASMailbox", { Identity, SmtpClientAuthenticationDisabled: true });
      return () => Object.assign(mailbox ?? {}, before);
    },
  },
  {
    line: "crm",
    title: "Crm writes a colleague's address into From (another From)",
    when: "before",
    change(scene) {
      scene.author = scene.lab.world.mailboxes[0]?.address ?? "";
      return () => {
        delete scene.author;
      };
    },
  },
  {
    line: "crm",
    title: "Crm asks for a token for Graph (wrong audience)",
    when: "before",
    change: (scene) =>
      withToken(scene, (own, application, signIn) =>
        own(application, { ...signIn, scope: "https://graph.microsoft.com/.default" }),
      ),
  },
  {
    line: "submitted",
    title: "The outside mail system removes Exchange's header fields of mailboxes",
    when: "before",
    change({ lab: { world } }) {
      for (const message of world.outside.messages) {
        if (!/FromEntityHeader: Hosted/.test(message.raw)) continue;
        message.raw = message.raw.replace(
          /^X-MS-Exchange-CrossTenant-.*\r\n(?:[ \t].*\r\n)*/gm,
          "",
        );
      }
    },
  },
  {
    line: "headers",
    title: "The outside mail system removes Exchange's header fields",
    when: "before",
    change({ lab: { world } }) {
      for (const message of world.outside.messages) {
        message.raw = message.raw.replace(
          /^X-MS-Exchange-CrossTenant-.*\r\n(?:[ \t].*\r\n)*/gm,
          "",
        );
      }
    },
  },
  {
    line: "spf",
    title: "Somebody adds a second SPF record",
    when: "before",
    change: (scene) =>
      addRecord(scene, { type: "TXT", name: domainOf(scene), content: '"v=spf1 mx -all"' }),
  },
  {
    line: "spf",
    title: "Exchange sends from an address that its SPF record does not list",
    when: "before",
    change({ lab: { world } }) {
      const { exchangeOutbound } = world.addresses;
      world.addresses.exchangeOutbound = "192.0.2.249";
      return () => {
        world.addresses.exchangeOutbound = exchangeOutbound;
      };
    },
  },
  {
    line: "dkim",
    title: "Somebody switches DKIM signing off",
    when: "before",
    change(scene) {
      const Identity = domainOf(scene);
      const config = scene.lab.world.dkimConfigs.find(({ domain }) => domain === Identity);
      const before = structuredClone(config);
      scene.lab.admin("Set-DkimSigningConfig", { Identity, Enabled: false });
      return () => Object.assign(config ?? {}, before);
    },
  },
  {
    line: "dkim",
    title: "Somebody proxies selector1's CNAME",
    when: "before",
    change: (scene) =>
      editRecords(scene, (record) =>
        record.name.startsWith("selector1.") ? { ...record, proxied: true } : record,
      ),
  },
  {
    line: "dmarc",
    title: "Somebody adds a second DMARC record",
    when: "before",
    change: (scene) =>
      addRecord(scene, {
        type: "TXT",
        name: `_dmarc.${domainOf(scene)}`,
        content: '"v=DMARC1; p=reject"',
      }),
  },
  {
    line: "alignment",
    title: "The server writes another domain into From",
    when: "before",
    change(scene) {
      scene.author = "erp@somebody-else.example";
      return () => {
        delete scene.author;
      };
    },
  },
  {
    line: "inside",
    title: "Somebody removes the server's address from SPF (wrong egress)",
    when: "before",
    change: (scene) =>
      editRecords(scene, (record) => ({
        ...record,
        content: record.content.replace(` ip4:${scene.senders[0]?.egress}`, ""),
      })),
  },
  {
    line: "fence",
    title: "Somebody switches erp's fence off",
    when: "before",
    change: ({ lab }) => switchFence(lab.world, false),
  },
  {
    line: "stranger",
    title: "Somebody adds the stranger's address to erp's connector",
    when: "before",
    change: (scene) =>
      changeConnector(scene, "relay-lab-erp", {
        SenderIPAddresses: [scene.senders[0]?.egress, scene.lab.world.addresses.stranger],
      }),
  },
];

/** What Exchange knows of an application's app. */
const principalsOf = ({ exchangeServicePrincipals }: World, who: string) =>
  exchangeServicePrincipals.filter(({ displayName }) => displayName === `relay-lab-${who}`);

/** Changes how applications get their tokens. @returns a function that undoes the change */
function withToken(
  scene: Scene,
  otherwise: (own: Scene["token"], ...args: Parameters<Scene["token"]>) => Promise<string>,
): () => void {
  const own = scene.token;
  scene.token = (...args) => otherwise(own, ...args);
  return () => {
    scene.token = own;
  };
}

function switchFence({ mailFlow }: World, enabled: boolean): () => void {
  const fence = mailFlow.transportRules.find(({ name }) => name === "relay-lab-erp");
  if (fence === undefined) throw new Error("erp has no fence");
  fence.enabled = enabled;
  return () => void switchFence({ mailFlow } as World, !enabled);
}
