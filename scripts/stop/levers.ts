import { setTimeout as sleep } from "node:timers/promises";
import { describeSwitch } from "../../mail/senders/adoptedMailbox.ts";
import { type Before, stopIn, withoutStop, withStop } from "../../mail/stop/mark.ts";
import type { GraphClient } from "../../tenant/graphClient.ts";
import type { Step } from "../steps/steps.ts";
import type { Account, ConnectorPart, MailboxPart, Tenancy } from "./parts.ts";
import {
  noteStop,
  readConnector,
  readNote,
  readSignIn,
  readSmtpAuth,
  setConnector,
  setSignIn,
  setSmtpAuth,
  takeNoteAway,
} from "./state.ts";

/** A sender, as the steps name it. */
export interface Stopping {
  readonly sender: string;
  /** `npm run start …`, which takes it all back. */
  readonly undo: string;
  /** When it is stopped, ISO 8601. */
  readonly at: string;
}

/** The steps that stop what a sender has, the fastest one first. */
export const stopSteps = (
  part: ConnectorPart | MailboxPart,
  tenancy: Tenancy,
  stopping: Stopping,
): Step[] =>
  part.kind === "connector"
    ? [disableConnector(part, tenancy, stopping)]
    : [
        switchSmtpAuthOff(part, tenancy, stopping),
        ...(part.account ? [blockSignIn(part.account, tenancy, stopping)] : []),
      ];

function disableConnector(
  part: ConnectorPart,
  { invoke }: Tenancy,
  { sender, undo, at }: Stopping,
): Step {
  const isDone = async () => {
    const { comment, enabled } = await readConnector(invoke, part);
    return !enabled && stopIn(comment) !== undefined;
  };
  return {
    title: `disable connector "${part.name}"`,
    reason: `Exchange refuses the next message of sender "${sender}" with 550 5.7.64`,
    undo,
    isDone,
    async act() {
      const { comment, enabled } = await readConnector(invoke, part);
      const noted = stopIn(comment)
        ? comment
        : withStop(comment, { at, before: { connector: enabled } });
      await setConnector(invoke, part, { comment: noted, enabled: false });
      await shown(isDone);
    },
  };
}

/**
 * The note comes first, as it says what to give back. Where the mailbox takes none (of a synchronised mailbox Exchange
 * refuses it), SMTP AUTH is switched off all the same.
 */
function switchSmtpAuthOff(
  part: MailboxPart,
  { invoke, graph }: Tenancy,
  { sender, undo, at }: Stopping,
): Step {
  const isOff = async () => (await readSmtpAuth(invoke, part)) === true;
  const isNoted = async () => stopIn(await readNote(invoke, part)) !== undefined;
  return {
    title: `switch SMTP AUTH off for mailbox ${part.address}`,
    reason: `Exchange refuses the next sign-in of sender "${sender}" with 535 5.7.139, whatever it signs in with${part.isAdopted ? ", and that of everybody else who submits mail as this mailbox" : ""}`,
    undo,
    isDone: async () => (await isOff()) && (await isNoted()),
    async act() {
      const noted = await attempt(async () => {
        const before: Before = {
          smtpAuth: await readSmtpAuth(invoke, part),
          ...(await signInBefore(part, graph)),
        };
        await noteStop(invoke, part, { at, before });
      });
      await setSmtpAuth(invoke, part, true);
      await shown(isOff);
      if (noted === undefined) return;
      throw new Error(
        `SMTP AUTH is off, but that could not be noted on the mailbox, so an up --refresh would switch it on again (${noted.message})`,
      );
    },
  };
}

/** Left out where Entra can't be read: that keeps nothing from being noted. */
const signInBefore = async (
  { account }: MailboxPart,
  graph: GraphClient,
): Promise<Pick<Before, "signIn">> =>
  account === undefined
    ? {}
    : readSignIn(graph, account).then(
        (signIn) => ({ signIn }),
        () => ({}),
      );

function blockSignIn(account: Account, { graph }: Tenancy, { undo }: Stopping): Step {
  const isDone = async () => !(await readSignIn(graph, account));
  return {
    title: `block the sign-in of ${account.title}`,
    reason:
      "Entra gives out no more tokens for it; those that are out stay valid for up to 90 minutes",
    undo,
    isDone,
    async act() {
      await setSignIn(graph, account, false);
      await shown(isDone);
    },
  };
}

/** The steps that give back what a sender had, the note of it last; none where it is not stopped. */
export async function startSteps(
  part: ConnectorPart | MailboxPart,
  tenancy: Tenancy,
  stopping: Stopping,
): Promise<Step[]> {
  const { invoke } = tenancy;
  if (part.kind === "connector") {
    const { comment } = await readConnector(invoke, part);
    const stop = stopIn(comment);
    return stop === undefined ? [] : [enableConnector(part, tenancy, stopping, stop.before)];
  }
  const stop = stopIn(await readNote(invoke, part));
  if (stop === undefined) return [];
  const { smtpAuth = false, signIn = true } = stop.before;
  const { account } = part;
  const undo = stopping.undo;
  const isNoteGone = async () => stopIn(await readNote(invoke, part)) === undefined;
  const isSmtpAuthBack = async () => (await readSmtpAuth(invoke, part)) === smtpAuth;
  return [
    ...(account === undefined ? [] : [allowSignIn(account, signIn, tenancy, stopping)]),
    {
      title: `set SMTP AUTH of mailbox ${part.address} to ${describeSwitch(smtpAuth)}, as it was`,
      reason: `sender "${stopping.sender}" can submit mail again`,
      undo,
      isDone: isSmtpAuthBack,
      async act() {
        await setSmtpAuth(invoke, part, smtpAuth);
        await shown(isSmtpAuthBack);
      },
    },
    {
      title: `take the note of the stop away from mailbox ${part.address}`,
      reason: "an up leaves the sender alone while it is there",
      undo,
      isDone: isNoteGone,
      async act() {
        await takeNoteAway(invoke, part);
        await shown(isNoteGone);
      },
    },
  ];
}

function enableConnector(
  part: ConnectorPart,
  { invoke }: Tenancy,
  { sender, undo }: Stopping,
  { connector: enabled = true }: Before,
): Step {
  const isDone = async () => stopIn((await readConnector(invoke, part)).comment) === undefined;
  return {
    title: `${enabled ? "enable" : "leave"} connector "${part.name}"${enabled ? "" : " disabled, as it was"}`,
    reason: `sender "${sender}" ${enabled ? "can relay again" : "was not able to relay before the stop either"}`,
    undo,
    isDone,
    async act() {
      const { comment } = await readConnector(invoke, part);
      await setConnector(invoke, part, { comment: withoutStop(comment), enabled });
      await shown(isDone);
    },
  };
}

function allowSignIn(
  account: Account,
  isAllowed: boolean,
  { graph }: Tenancy,
  { undo }: Stopping,
): Step {
  const isDone = async () => (await readSignIn(graph, account)) === isAllowed;
  return {
    title: `${isAllowed ? "allow" : "block"} the sign-in of ${account.title}, as it was`,
    reason: "it gets tokens again",
    undo,
    isDone,
    async act() {
      await setSignIn(graph, account, isAllowed);
      await shown(isDone);
    },
  };
}

/** Milliseconds between two looks whether a write shows, and how many there are. */
const PAUSE = 500;
const LOOKS = 60;

/** Waits until a write shows. */
async function shown(isDone: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    if (await isDone()) return;
    await sleep(PAUSE);
  }
  throw new Error("it was written and does not show yet; run it again in a minute");
}

/** The error that something ends with; undefined when it ends well. */
async function attempt(act: () => Promise<void>): Promise<Error | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
