import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type Lab, openLab, type SendingAs } from "../../src/lab.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import type { Mailbox } from "../../src/world/recipients.ts";
import { drawUserPasswords } from "../../src/world/secrets.ts";
import { tokenOf } from "./client.ts";
import { dialSecurely, talkSecurely } from "./talk.ts";

const BEGINNING = "2023-01-01T00:00:00.000Z";

/** A lab in which the deployer's app may submit as every mailbox, and SMTP AUTH is on for anna's. */
export async function openSubmissionScene(seed: string) {
  const lab = await openLab({ seed });
  const { world } = lab;
  world.settings.xoauth2User = "any address";
  const anna = mailboxOf(lab, "anna");
  const { deployer } = world;
  world.exchangeServicePrincipals.push({
    guid: "00000000-0000-4000-8000-000000000001",
    displayName: "app",
    appId: deployer.clientId,
    objectId: deployer.servicePrincipalId,
    whenCreated: BEGINNING,
    effectiveAt: BEGINNING,
  });
  const assignment = {
    guid: "00000000-0000-4000-8000-000000000002",
    name: "app sends",
    role: "Application SMTP.SendAsApp",
    servicePrincipal: "00000000-0000-4000-8000-000000000001",
    customResourceScope: null,
    enabled: true,
    whenCreated: BEGINNING,
    whenChanged: BEGINNING,
    effectiveAt: BEGINNING,
  };
  anna.clientAccess.smtpClientAuthenticationDisabled = false;
  let token = await tokenOf(lab);
  const password = drawUserPasswords(seed)[anna.externalDirectoryObjectId] ?? "";
  const [bea = "", carl = ""] = world.outside.mailboxes.slice(1);
  const message = (headers = "") =>
    `From: Anna <${anna.address}>\r\nTo: ${bea}\r\nSubject: test\r\n${headers}\r\nhello\r\n`;
  const [customer] = world.addresses.customer;
  const tls = () => ({ name: "smtp.office365.com", ca: readFileSync(lab.caFile, "utf8") });

  return {
    lab,
    world,
    get token() {
      return token;
    },
    password,
    /** The mailbox that is sent from, and one more inside. */
    anna,
    postmaster: mailboxOf(lab, "postmaster"),
    /** Two people outside. */
    bea,
    carl,
    message,
    /** Every change that a test may have made is taken back. */
    async reset() {
      await lab.settle();
      token = await tokenOf(lab);
      for (const mailbox of world.mailboxes) {
        mailbox.messages.length = 0;
        mailbox.sentItems.length = 0;
      }
      world.outside.messages.length = 0;
      world.queue.length = 0;
      world.roleAssignments = [assignment];
      world.recipientPermissions = [];
      world.submission = { sent: [], errors: [], restricted: [] };
      world.settings.unlicensedSubmission = "allowed";
      anna.clientAccess.smtpClientAuthenticationDisabled = false;
      anna.messageCopyForSMTPClientSubmissionEnabled = true;
      for (const { id } of lab.faults.list()) lab.faults.remove(id);
    },
    /** Everything but what a session draws and counts: what a refusal must leave alone. */
    state: () => structuredClone({ ...lab.dump(), drawn: 0, clockOffset: 0, submission: null }),
    /** Sends a message by the app, or as `change` has it. */
    send: (change: Partial<SendingAs> = {}) =>
      lab.sendAs({
        user: anna.address,
        ...("password" in change ? {} : { token }),
        to: [bea],
        message: message(),
        ...change,
      } as SendingAs),
    /** A session that has signed in and stays. */
    async open(user: string) {
      const socket = await dialSecurely(lab.ports.submission, loopbackOf(customer), tls());
      socket.write(`EHLO host\r\n`);
      await once(socket, "data");
      socket.write(`AUTH XOAUTH2 ${xoauth2(user, token)}\r\n`);
      await once(socket, "data");
      return {
        async leave(): Promise<void> {
          socket.write("QUIT\r\n");
          socket.resume();
          await once(socket, "close");
        },
      };
    },
    newToken: () => tokenOf(lab),
    /** Says commands in a TLS session. */
    say: (...commands: string[]) =>
      talkSecurely(lab.ports.submission, loopbackOf(customer), tls(), commands),
  };
}

export type SubmissionScene = Awaited<ReturnType<typeof openSubmissionScene>>;

function mailboxOf({ world }: Lab, alias: string): Mailbox {
  const found = world.mailboxes.find((mailbox) => mailbox.alias === alias);
  if (!found) throw new Error(`no mailbox ${alias}`);
  return found;
}

/** The text that XOAUTH2 sends. */
export const xoauth2 = (user: string, token: string): string =>
  base64(`user=${user}\x01auth=Bearer ${token}\x01\x01`);

export const base64 = (text: string): string => Buffer.from(text).toString("base64");
