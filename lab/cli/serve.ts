import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type Lab, type OutsideMailbox, openLab } from "../src/lab.ts";
import { loopbackOf } from "../src/world/nat.ts";
import { attachPlugins, pluginLines } from "../stack/plugins.ts";
import { LAB_STACK, openScene, type Scene } from "../stack/scene.ts";
import { DEFAULT_SEED, labStackFile } from "../stack/stackConfig.ts";
import { writeEnvFile } from "./envFile.ts";
import { holdFolder, labFolder } from "./folder.ts";
import { openSenderFiles, type SenderFiles } from "./senderFiles.ts";

/** Ports on 127.0.0.1 that a served lab listens on, so that commands can be repeated. */
const USUAL_PORTS = {
  ...{ https: 9443, smtp: 2525, submission: 2587, highVolume: 3587, dns: 5353 },
  ...{ mx: 2526, imap: 2993, gmailMx: 2527, gmailImap: 2994, outlookMx: 2528, outlookImap: 2995 },
};

/**
 * Keeps a lab up until Ctrl-C, for programs of other people: its state on disk, what they need in an env file.
 *
 * @returns the exit code
 */
export async function serveLab(seed: string, { anyPorts }: { anyPorts: boolean }): Promise<number> {
  const folder = labFolder(seed);
  const free = await holdFolder(folder);
  const lab = await openLab({ seed, folder, ports: anyPorts ? {} : USUAL_PORTS }).catch(portTaken);
  let scene: Scene | undefined;
  let readers: Readers | undefined;
  let administrator: Administrator | undefined;
  let senderFiles: SenderFiles | undefined;
  try {
    scene = await openScene(lab, join(folder, "stack"));
    const stackFile = seed === DEFAULT_SEED ? undefined : join(folder, "Pulumi.lab.yaml");
    if (stackFile !== undefined) await writeFile(stackFile, labStackFile(seed));
    const [certificate, key] = await writeCertificate(folder, scene);
    const env = { ...scene.env, ...mailboxEnv(lab) };
    const envFile = await writeEnvFile(folder, "env", env, scene, stackFile);
    readers = await openReaders(folder, scene, stackFile);
    administrator = await openAdministrator(folder, scene, stackFile);
    senderFiles = await openSenderFiles(folder, scene);
    const fromHere = (path: string) => relative(process.cwd(), path);
    const files = {
      ...{ envFile, readers: readers.envFiles, administrator: administrator.envFile },
      ...{ certificate, key, senders: senderFiles.folder },
    };
    console.log(invitation(scene, files, fromHere));
    await interrupted();
    return 0;
  } finally {
    senderFiles?.close();
    administrator?.close();
    await readers?.close();
    await scene?.close();
    await lab.close();
    await free();
    console.log(`The world of seed ${seed} was saved in ${relative(process.cwd(), folder)}.`);
  }
}

/** What the variables of the mailboxes outside begin with, by the mail system. */
const PREFIXES = { postfix: "LAB_IMAP", gmail: "LAB_GMAIL_IMAP", outlook: "LAB_OUTLOOK_IMAP" };

/** A mailbox of each organisation outside, for a client of IMAP. The examples write to the first. */
function mailboxEnv(lab: Lab): Record<string, string> {
  return Object.assign(
    {},
    ...firstMailboxes(lab).map(({ style, address, password, imap }) => ({
      [`${PREFIXES[style]}_SERVER`]: `localhost:${imap.port}`,
      [`${PREFIXES[style]}_USER`]: address,
      [`${PREFIXES[style]}_PASSWORD`]: password,
    })),
  );
}

/** The first mailbox of each organisation. */
function firstMailboxes({ outsideMailboxes }: Lab): readonly OutsideMailbox[] {
  return outsideMailboxes.filter(
    ({ style }, index) => style !== outsideMailboxes[index - 1]?.style,
  );
}

/** The apps that only read: an env file each, and stand-ins of plugins that sign in as they do. */
interface Readers {
  readonly envFiles: readonly string[];
  close(): Promise<void>;
}

async function openReaders(
  folder: string,
  scene: Scene,
  stackFile: string | undefined,
): Promise<Readers> {
  const opened = await Promise.all(
    Object.entries(scene.lab.readerEnvs).map(async ([name, own]) => {
      const env = { ...scene.lab.env, ...own };
      const plugins = await attachPlugins(env);
      const variables = { ...env, ...plugins.env, ...mailboxEnv(scene.lab) };
      const envFile = await writeEnvFile(folder, `env.${name}`, variables, scene, stackFile);
      return { envFile, plugins };
    }),
  );
  return {
    envFiles: opened.map(({ envFile }) => envFile),
    async close() {
      await Promise.all(opened.map(({ plugins }) => plugins.close()));
    },
  };
}

/** A person who administers the tenant: an env file with access tokens, which are renewed before they expire. */
interface Administrator {
  readonly envFile: string;
  close(): void;
}

/** Entra's tokens live for at least an hour. */
const RENEWAL_MS = 30 * 60_000;

async function openAdministrator(
  folder: string,
  scene: Scene,
  stackFile: string | undefined,
): Promise<Administrator> {
  const { lab } = scene;
  const write = async (): Promise<string> => {
    const nobody = { ARM_CLIENT_ID: "", ARM_CLIENT_SECRET: "", CLOUDFLARE_API_TOKEN: "" };
    const env = { ...lab.env, ...nobody, ...(await lab.adminEnv()), ...mailboxEnv(lab) };
    return writeEnvFile(folder, "env.administrator", env, scene, stackFile);
  };
  const envFile = await write();
  const renewal = setInterval(() => {
    write().catch((error: Error) => console.error(`lab: ${envFile}: ${error.message}`));
  }, RENEWAL_MS);
  return { envFile, close: () => clearInterval(renewal) };
}

function portTaken(error: unknown): never {
  const { code, port } = error as { code?: string; port?: number };
  if (code !== "EADDRINUSE") throw error;
  throw new Error(
    `port ${port} is in use, perhaps by another lab; end that one, or use another --seed with --any-ports`,
  );
}

async function writeCertificate(folder: string, { certificate }: Scene): Promise<[string, string]> {
  const paths: [string, string] = [join(folder, "billing.pem"), join(folder, "billing.key")];
  await writeFile(paths[0], certificate.chain);
  await writeFile(paths[1], certificate.key, { mode: 0o600 });
  return paths;
}

function invitation(
  scene: Scene,
  files: {
    envFile: string;
    readers: readonly string[];
    administrator: string;
    certificate: string;
    key: string;
    senders: string;
  },
  fromHere: (path: string) => string,
): string {
  const [envFile, certificate, key] = [files.envFile, files.certificate, files.key].map(fromHere);
  const { lab, plugins } = scene;
  const { world, ports } = lab;
  const caFile = relative(process.cwd(), lab.caFile);
  const [erp, billing] = world.addresses.customer;
  const to = world.outside.mailboxes[0];
  const swaks = `swaks --server 127.0.0.1:${ports.smtp} --tls --to ${to}`;
  return `The lab's world is up (seed ${lab.seed}) and listens on 127.0.0.1:
  Entra, Graph, Exchange's admin API, Cloudflare, GitHub  https://localhost:${ports.https}
  DNS  port ${ports.dns}, UDP and TCP: dig @127.0.0.1 -p ${ports.dns} ${world.tenant.domain} TXT
  ${world.tenant.mxHost}:25  port ${ports.smtp}
  smtp.office365.com:587  port ${ports.submission}
  smtp.hve.mx.microsoft:587  port ${ports.highVolume}
  ${world.outside.mxHost}:25  port ${ports.mx}
${firstMailboxes(lab)
  .map(({ imap, address }) => `  ${imap.host}:993  port ${imap.port}, for ${address}\n`)
  .join("")}Plugins of pulumi:
${pluginLines(plugins).replaceAll(/^(?=.)/gm, "  ")}
In another terminal, with a complete pulumi on PATH:
  . ${envFile}
  pulumi preview && pulumi up --yes
As an app that only reads (the first by the role Global Reader, the second by a role group of Exchange):
${files.readers.map((file) => `  . ${fromHere(file)}\n`).join("")}  pulumi preview --refresh
As a person who administers the tenant (access tokens; they are renewed in the file every half hour):
  . ${fromHere(files.administrator)}
Who is asked for a device code enters it at https://localhost:${ports.https}/devicelogin, or so:
  curl --cacert ${caFile} -d code=CODE -d who=${world.people.administrator} https://localhost:${ports.https}/devicelogin

The lab uses 127.b.c.d in place of the public address a.b.c.d. Try the relay with swaks:
  ${swaks} --from erp@${world.tenant.domain} --local-interface ${loopbackOf(erp)}
  ${swaks} --from erp@${world.tenant.domain}        (from elsewhere: refused)
With a certificate, use curl (Debian's swaks sends no chain, so Exchange would not trust it):
  printf 'Subject: hello\\r\\n\\r\\nhello\\r\\n' | curl --ssl-reqd --cacert ${caFile} --cert ${certificate} --key ${key} \\
    --interface ${loopbackOf(billing)} --resolve ${world.tenant.mxHost}:${ports.smtp}:127.0.0.1 \\
    --mail-from invoices@${world.tenant.domain} --mail-rcpt ${to} -T - smtp://${world.tenant.mxHost}:${ports.smtp}/relay.${world.tenant.domain}

To read what arrived for ${to} by IMAP (the env files have its password):
  . ${envFile}
  curl --cacert ${caFile} --user "$LAB_IMAP_USER:$LAB_IMAP_PASSWORD" "imaps://$LAB_IMAP_SERVER/INBOX;MAILINDEX=1"

To look at what the senders' mail depends on, before and after up:
  npm run doctor -- --stack ${LAB_STACK} --certificate billing=${fromHere(files.senders)}/billing.chain.pem

To send a message as each sender, once they are up, and check how it arrives:
  export M365_SMTP_RELAY_IMAP_PASSWORD="$LAB_IMAP_PASSWORD"
  npm run verify -- --stack ${LAB_STACK} --to "$LAB_IMAP_USER" --imap "$LAB_IMAP_SERVER" --imap-user "$LAB_IMAP_USER" \\
    --files ${fromHere(files.senders)} --local-address ${loopbackOf(erp)}
With --probe erp it prints a program in place of that; the lab's port for it is ${ports.smtp}, and ${ports.submission} for senders that sign in:
  CONNECT_TO=127.0.0.1:${ports.smtp} LOCAL_ADDRESS=${loopbackOf(erp)} sh erp-probe.sh

To see what the world contains: npm run lab -- dump${lab.seed === DEFAULT_SEED ? "" : ` --seed ${lab.seed}`}
Press Ctrl-C to end the lab.`;
}

/** Until the first signal; later ones are not to end the process before the lab is closed. */
function interrupted(): Promise<void> {
  const heard = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => heard.resolve());
  const alive = setInterval(() => {}, 2 ** 30);
  return heard.promise.finally(() => clearInterval(alive));
}
