import { X509Certificate } from "node:crypto";
import {
  type Certificate,
  type CertificateRequest,
  issueCertificate as issue,
  placeCaFile,
} from "./certificates.ts";
import { type Clock, makeClock } from "./clock.ts";
import { buildCloudflare } from "./cloudflare/app.ts";
import { editByHand, type RecordByHand } from "./cloudflare/byHand.ts";
import type { Context } from "./context.ts";
import { buildDns } from "./dns/answers.ts";
import { makeResolver, PUBLIC_RESOLVERS } from "./dns/publicResolver.ts";
import { serveDns } from "./dns/server.ts";
import { buildEntra } from "./entra/app.ts";
import type { ResourceName } from "./entra/clients.ts";
import { type AssertionOrder, issueAssertion } from "./entra/outsideIssuer.ts";
import { publicClientOf } from "./entra/publicClients.ts";
import { EXCHANGE_RESOURCE } from "./entra/resource.ts";
import { makeSignIns } from "./entra/signIns.ts";
import { makeTokens } from "./entra/tokens.ts";
import { buildExchange } from "./exchange/adminApi.ts";
import { actByHand } from "./exchange/byHand.ts";
import type { ExchangeObject } from "./exchange/cmdlet.ts";
import { makeDkimKeys } from "./exchange/dkimKeys.ts";
import { type Faults, makeFaults } from "./faults.ts";
import { buildGitHub } from "./github/app.ts";
import { type GitHubByHand, gitHubByHand, jobEnv } from "./github/byHand.ts";
import { buildGraph } from "./graph/app.ts";
import { type Log, makeLog } from "./log.ts";
import { makeMailWaiter } from "./receiver/mailWaiter.ts";
import { buildOrganisations, listenAll } from "./receiver/organisations.ts";
import {
  type HandoverResult,
  HIGH_VOLUME_HOST,
  type SendingAs,
  SUBMISSION_HOST,
  type Submission,
  sendAs,
  submit,
} from "./smtp/client.ts";
import { buildFrontEnd } from "./smtp/frontEnd.ts";
import { buildHighVolume } from "./smtp/highVolume/server.ts";
import { makeQueue } from "./smtp/queue.ts";
import { buildSubmission } from "./smtp/submission/server.ts";
import { openWebServer } from "./web/server.ts";
import { dumpWorld, load, save, sweep } from "./world/disk.ts";
import { GRAPH_PERMISSIONS } from "./world/graphPermissions.ts";
import type { StoredMessage } from "./world/mail.ts";
import { makeWorld } from "./world/make.ts";
import type { Receiver } from "./world/outside.ts";
import { listSecrets, makeSecrets } from "./world/secrets.ts";
import type { World } from "./world/world.ts";

export type { Certificate, CertificateRequest } from "./certificates.ts";
export type { RecordByHand } from "./cloudflare/byHand.ts";
export type { AssertionOrder } from "./entra/outsideIssuer.ts";
export type { ExchangeObject } from "./exchange/cmdlet.ts";
export { CmdletError } from "./exchange/cmdletError.ts";
export type { JobOrder } from "./github/byHand.ts";
export { type Provenance, provenance } from "./reply.ts";
export type { HandoverResult, SendingAs, Submission } from "./smtp/client.ts";
export type { StoredMessage } from "./world/mail.ts";
export type { Connector, World } from "./world/world.ts";

/** Every delegated permission of Graph. */
const EVERY_SCOPE = GRAPH_PERMISSIONS.filter(({ delegated }) => delegated !== undefined).map(
  ({ name }) => name,
);

/** Ports on 127.0.0.1. */
export interface Ports {
  /** Entra, Graph, the Exchange admin API, Cloudflare's and GitHub's. */
  https: number;
  /** "Port 25" of the tenant's MX host. */
  smtp: number;
  /** "Port 587" of smtp.office365.com. */
  submission: number;
  /** "Port 587" of smtp.hve.mx.microsoft. */
  highVolume: number;
  /** "Port 25" and "port 993" of the first organisation outside. */
  mx: number;
  imap: number;
  /** The same, of the one whose mail Google has. */
  gmailMx: number;
  gmailImap: number;
  /** The same, of the one that is another tenant of Microsoft 365. */
  outlookMx: number;
  outlookImap: number;
  /** "Port 53" of every name server, UDP and TCP; on 127.1.1.1 and 127.8.8.8 that of two public resolvers. */
  dns: number;
}

export interface LabOptions {
  /** Everything that differs between two labs follows from this text. */
  seed: string;
  /** Where the world is kept. @default in memory only */
  folder?: string;
  /** @default any free ones */
  ports?: Partial<Ports>;
}

/** A mailbox outside; its IMAP server's certificate names `localhost` too. */
export interface OutsideMailbox {
  address: string;
  password: string;
  /** Whose ways its mail system has. */
  style: Receiver["style"];
  imap: { host: string; port: number };
}

/** The outside world on this machine. */
export interface Lab {
  readonly seed: string;
  /** The live world; tests may change it. */
  readonly world: World;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly log: Log;
  readonly ports: Ports;
  /** What a client of the HTTPS services needs in its environment. */
  readonly env: Record<string, string>;
  /** What differs in it for an app that may look and change nothing, by its name. */
  readonly readerEnvs: Readonly<Record<string, Record<string, string>>>;
  /**
   * A person enters a code of the device code flow, signs in, and consents to what is asked for.
   *
   * @param who user principal name. @default the administrator of `world.people`
   * @throws Error with what the page says to a person who may not, or of a code that is not good
   */
  approveSignIn(userCode: string, who?: string): void;
  /** A person enters a code and cancels. @throws Error for a code that is not good */
  declineSignIn(userCode: string): void;
  /**
   * Access tokens of a person, for those who may not use device codes.
   *
   * @param options.who user principal name. @default the administrator of `world.people`
   * @param options.scopes delegated permissions of Graph that the person consents to. @default all that there are
   */
  adminEnv(options?: {
    who?: string;
    scopes?: readonly string[];
  }): Promise<{ M365_SMTP_RELAY_GRAPH_TOKEN: string; M365_SMTP_RELAY_EXCHANGE_TOKEN: string }>;
  /** PEM file with the root of the lab's web PKI. */
  readonly caFile: string;
  /**
   * An administrator's act by hand: runs a cmdlet straight on the world.
   * @param who user principal name, for the audit log. @default `admin@` the initial domain
   * @returns the objects it gave
   * @throws CmdletError with Exchange's words; Error for a cmdlet that the lab does not have
   */
  admin(cmdlet: string, parameters: Record<string, unknown>, who?: string): ExchangeObject[];
  /**
   * Changes the records of a zone as its owner would, by no rule: `edit` gets copies and gives the ones to have.
   * @throws Error when there is no such zone
   */
  editZone(zoneName: string, edit: (records: RecordByHand[]) => RecordByHand[]): void;
  /** What people and runners do at GitHub. */
  readonly github: GitHubByHand;
  issueCertificate(request: CertificateRequest): Promise<Certificate>;
  /**
   * Registers a certificate (PEM, its first one, whatever else stands there) on the deployer's app.
   * @throws Error when there is none
   */
  registerCertificate(pem: string): void;
  /** A token of an outside identity provider for one of its workloads; the provider begins with the first one. */
  issueAssertion(order: AssertionOrder): Promise<string>;
  /** Hands a message to the MX host as a server of this world. */
  submit(submission: Submission): Promise<HandoverResult>;
  /** Hands a message to client submission as an app or a user. */
  sendAs(sending: SendingAs): Promise<HandoverResult>;
  /** Hands a message to High Volume Email as an app or an account. */
  sendHighVolume(sending: SendingAs): Promise<HandoverResult>;
  /** The mailboxes outside, and how they are read by IMAP. */
  readonly outsideMailboxes: readonly OutsideMailbox[];
  /** What has arrived outside, in order. */
  mailbox(): StoredMessage[];
  /** Settles once `count` messages have arrived outside; rejects after `timeoutMs` of real time. */
  waitForMail(count: number, timeoutMs: number): Promise<StoredMessage[]>;
  /**
   * Settles when no delivery is running and no DKIM key is being made: what has not arrived then waits, or will
   * never come.
   */
  settle(): Promise<void>;
  /** Makes each answer of the HTTPS services take `ms` milliseconds longer, as a network does. @default 0 */
  setLatency(ms: number): void;
  /** Every secret text of this lab, to search for leaks. */
  secrets(): string[];
  /** The whole world as JSON, keys in order, without secrets. */
  dump(): Record<string, unknown>;
  close(): Promise<void>;
}

/**
 * Opens a lab. With a folder that holds a world of the same seed, that world goes on.
 *
 * @throws Error when a port is taken or the folder can't be used
 */
export async function openLab({ seed, folder, ports = {} }: LabOptions): Promise<Lab> {
  if (folder !== undefined) sweep(folder);
  const saved = folder === undefined ? undefined : load(folder, seed);
  const world = saved?.world ?? makeWorld(seed);
  const secrets = saved?.secrets ?? (await makeSecrets(seed));
  const changed = (): void => {
    if (folder !== undefined) save(folder, { world, secrets });
  };
  const clock = makeClock(world.clockOffset, (offset) => {
    world.clockOffset = offset;
    changed();
  });
  const log = makeLog(clock);
  const faults = makeFaults(world, changed);
  const dkimKeys = makeDkimKeys(secrets, changed);
  const { userPasswords } = secrets;
  const context: Context = { world, clock, faults, log, dkimKeys, userPasswords, changed };
  const trustedRoot = secrets.authority.root;

  const issueFor = async (request: CertificateRequest): Promise<Certificate> => {
    const certificate = await issue(secrets.authority, request);
    secrets.issuedKeys.push(certificate.key);
    changed();
    return certificate;
  };
  const certificates = await Promise.all([
    issue(secrets.authority, { names: ["localhost", "127.0.0.1"], issuer: "public" }),
    issue(secrets.authority, {
      names: [world.tenant.mxHost, world.tenant.servers.frontEnd],
      issuer: "public",
    }),
    issue(secrets.authority, { names: [SUBMISSION_HOST], issuer: "public" }),
    issue(secrets.authority, { names: [HIGH_VOLUME_HOST], issuer: "public" }),
  ]);
  const [webCertificate, mxHostCertificate, submissionCertificate, highVolumeCertificate] =
    certificates;

  const waiter = makeMailWaiter(world);
  const organisations = await buildOrganisations({
    context,
    issue: (request) => issue(secrets.authority, request),
    dnsPort: () => dns.port,
    passwordOf: (address) => secrets.mailboxPasswords[address.toLowerCase()],
    stored: waiter.arrived,
  });
  const serverKeys = [...certificates, ...organisations.map(({ certificate }) => certificate)].map(
    ({ key }) => key,
  );
  const queue = makeQueue(context, ({ style }) => ({ mxPort: mxPorts[style], trustedRoot }));
  const frontEnd = buildFrontEnd({ context, queue, certificate: mxHostCertificate, trustedRoot });
  const submission = buildSubmission({
    context,
    queue,
    secrets,
    tokens: () => tokens,
    certificate: submissionCertificate,
  });
  const highVolume = buildHighVolume({
    context,
    secrets,
    tokens: () => tokens,
    certificate: highVolumeCertificate,
  });
  const exchangeSmtp = [frontEnd, submission, highVolume];
  const outside = organisations.flatMap(({ mx, imap }) => [mx, imap]);
  const closeSmtp = () =>
    Promise.all([...exchangeSmtp, ...outside].map((server) => server.close()));
  const web = await openWebServer(webCertificate, ports.https ?? 0);
  const [smtpPort, submissionPort, highVolumePort, mxPorts, imapPorts] = await Promise.all([
    frontEnd.listen(ports.smtp ?? 0),
    submission.listen(ports.submission ?? 0),
    highVolume.listen(ports.highVolume ?? 0),
    listenAll(organisations, "mx", [ports.mx, ports.gmailMx, ports.outlookMx]),
    listenAll(organisations, "imap", [ports.imap, ports.gmailImap, ports.outlookImap]),
  ]).catch(async (error: unknown) => {
    await Promise.all([web.close(), closeSmtp()]);
    throw error;
  });
  const answer = buildDns(context);
  const resolvers = PUBLIC_RESOLVERS.map((address) => ({
    address,
    answer: makeResolver(answer, clock),
  }));
  const dns = await serveDns(answer, ports.dns ?? 0, resolvers).catch(async (error: unknown) => {
    await Promise.all([web.close(), closeSmtp()]);
    throw error;
  });

  const origin = `https://localhost:${web.port}`;
  const tokens = makeTokens(context, secrets);
  const signIns = makeSignIns(context, { secrets, tokens, origin });
  web.serve(
    {
      entra: buildEntra({ context, secrets, tokens, signIns, origin }),
      graph: buildGraph({ context, secrets, tokens, origin }),
      exchange: buildExchange({ context, tokens, ownEndpoint: `https://localhost:${web.ownPort}` }),
      cloudflare: buildCloudflare({ context, secrets }),
      github: buildGitHub({ context, secrets, origin }),
    },
    { log, clock, faults },
  );
  const [ownJob] = secrets.githubJobs;
  const ca = placeCaFile(trustedRoot, folder);
  changed();
  queue.resume();
  dkimKeys.resume(world);

  return {
    seed,
    world,
    clock,
    faults,
    log,
    ports: {
      https: web.port,
      smtp: smtpPort,
      submission: submissionPort,
      highVolume: highVolumePort,
      ...{ mx: mxPorts.postfix, imap: imapPorts.postfix },
      ...{ gmailMx: mxPorts.gmail, gmailImap: imapPorts.gmail },
      ...{ outlookMx: mxPorts.outlook, outlookImap: imapPorts.outlook },
      dns: dns.port,
    },
    caFile: ca.path,
    env: {
      ARM_METADATA_HOSTNAME: `localhost:${web.port}`,
      ARM_TENANT_ID: world.tenant.id,
      ARM_CLIENT_ID: world.deployer.clientId,
      ARM_CLIENT_SECRET: secrets.clientSecret,
      NODE_EXTRA_CA_CERTS: ca.path,
      SSL_CERT_FILE: ca.path,
      CLOUDFLARE_API_TOKEN: secrets.cloudflareToken,
      CLOUDFLARE_BASE_URL: `${origin}/client/v4`,
      ...(ownJob && jobEnv(ownJob, world.github, origin)),
      M365_SMTP_RELAY_DNS_SERVER: `127.0.0.1:${dns.port}`,
      M365_SMTP_RELAY_CONNECT_TO: [
        `${world.tenant.mxHost}:25=127.0.0.1:${smtpPort}`,
        `${SUBMISSION_HOST}:587=127.0.0.1:${submissionPort}`,
        `${HIGH_VOLUME_HOST}:587=127.0.0.1:${highVolumePort}`,
      ].join(),
      M365_SMTP_RELAY_PUBLIC_RESOLVERS: PUBLIC_RESOLVERS.map(
        (address) => `${address}:${dns.port}`,
      ).join(),
    },
    readerEnvs: Object.fromEntries(
      world.readers.map(({ name, clientId }) => [
        name,
        {
          ARM_CLIENT_ID: clientId,
          ARM_CLIENT_SECRET: secrets.readerSecrets[name] ?? "",
          CLOUDFLARE_API_TOKEN: secrets.cloudflareReadToken,
        },
      ]),
    ),
    approveSignIn: (userCode, who = world.people.administrator) => signIns.approve(userCode, who),
    declineSignIn: signIns.decline,
    async adminEnv({ who = world.people.administrator, scopes = EVERY_SCOPE } = {}) {
      const tokenFor = (resource: ResourceName, audience: string, wanted: readonly string[]) =>
        signIns.tokenFor(who, {
          client: publicClientOf(resource),
          audience,
          scopes: wanted,
          openId: [],
        });
      return {
        M365_SMTP_RELAY_GRAPH_TOKEN: await tokenFor("graph", origin, scopes),
        M365_SMTP_RELAY_EXCHANGE_TOKEN: await tokenFor("exchange", EXCHANGE_RESOURCE, []),
      };
    },
    admin: (cmdlet, parameters, who) => actByHand(cmdlet, parameters, context, who),
    editZone: (zoneName, edit) => editByHand(zoneName, edit, context),
    github: gitHubByHand(context, secrets, origin),
    issueCertificate: issueFor,
    registerCertificate(pem) {
      world.deployer.certificates.push(new X509Certificate(pem).toString());
      changed();
    },
    issueAssertion: (order) => issueAssertion(order, { context, secrets }),
    submit: (handed) => submit(handed, world, { port: smtpPort, trustedRoot }),
    sendAs: (sending) =>
      sendAs(sending, world, { host: SUBMISSION_HOST, port: submissionPort, trustedRoot }),
    sendHighVolume: (sending) =>
      sendAs(sending, world, { host: HIGH_VOLUME_HOST, port: highVolumePort, trustedRoot }),
    outsideMailboxes: organisations.flatMap(({ receiver: { style, imapHost, mailboxes } }) =>
      mailboxes.map((address) => ({
        ...{ address, password: secrets.mailboxPasswords[address] ?? "", style },
        imap: { host: imapHost, port: imapPorts[style] },
      })),
    ),
    mailbox: () => structuredClone(world.outside.messages),
    waitForMail: waiter.wait,
    async settle() {
      await Promise.all([queue.idle(), dkimKeys.idle()]);
    },
    setLatency: web.setLatency,
    secrets: () => listSecrets(secrets, serverKeys),
    dump: () => dumpWorld(world),
    async close() {
      clock.close();
      const stopped = exchangeSmtp.map((server) => server.close());
      await Promise.all([web.close(), ...stopped, tokens.keys()]);
      await Promise.all([queue.idle(), dkimKeys.idle()]);
      await Promise.all(outside.map((server) => server.close()));
      await dns.close();
      changed();
      ca.remove();
    },
  };
}
