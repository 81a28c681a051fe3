import { setTimeout as sleep } from "node:timers/promises";
import { describeSwitch, type SmtpAuthSwitch } from "../../mail/senders/adoptedMailbox.ts";
import { type Before, stopIn, withoutStop, withStop } from "../../mail/stop/mark.ts";
import type { GraphClient } from "../../tenant/graphClient.ts";
import type { Step } from "../steps/steps.ts";
import type {
  Account,
  ConnectorPart,
  HveAccountPart,
  MailboxPart,
  Part,
  Tenancy,
} from "./parts.ts";
import {
  type Noted,
  noteStop,
  readConnector,
  readNote,
  readSignIn,
  readSmtpAuth,
  setConnector,
  setSignIn,
  setSmtpAuth,
  takeNoteAway,
  titleOf,
} from "./state.ts";

/** A sender, as the steps name it. */
interface Named {
  readonly sender: string;
  /** The command that takes it all back: `npm run start …` of a stop, and the other way round. */
  readonly undo: string;
}

/** A sender that is being stopped. */
interface Stopping extends Named {
  /** When, ISO 8601. */
  readonly at: string;
}

/** The steps that stop what a sender has, the fastest one first. */
export function stopSteps(part: Part, tenancy: Tenancy, stopping: Stopping): Step[] {
  if (part.kind === "connector") return [disableConnector(part, tenancy, stopping)];
  if (part.kind === "hveAccount") return [blockAccount(part, tenancy, stopping)];
  return [
    switchSmtpAuthOff(part, tenancy, stopping),
    ...(part.account ? [blockSignIn(part, part.account, tenancy, stopping)] : []),
  ];
}

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

/** An account of High Volume Email has no other switch. No `up` gives its sign-in back, and start needs the note to do so. */
function blockAccount(
  part: HveAccountPart,
  { invoke, graph }: Tenancy,
  { sender, undo, at }: Stopping,
): Step {
  const { account } = part;
  const isBlocked = async () => !(await readSignIn(graph, account));
  const isNoted = async () => stopIn(await readNote(invoke, part)) !== undefined;
  return {
    title: `block the sign-in of ${account.title}`,
    reason: `High Volume Email refuses the next sign-in of sender "${sender}" with 535 5.7.3`,
    undo,
    isDone: async () => (await isBlocked()) && (await isNoted()),
    async act() {
      const noted = await attempt(async () => {
        const before = { signIn: await readSignIn(graph, account) };
        await noteStop(invoke, part, { at, before });
      });
      await setSignIn(graph, account, false);
      await shown(isBlocked);
      if (noted === undefined) return;
      throw new Error(
        `its sign-in is blocked, but that could not be noted on it, so npm run start does not give it back (${noted.message})`,
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

function blockSignIn(
  part: MailboxPart,
  account: Account,
  { invoke, graph }: Tenancy,
  { undo, at }: Stopping,
): Step {
  const isDone = async () => !(await readSignIn(graph, account));
  return {
    title: `block the sign-in of ${account.title}`,
    reason:
      "Entra gives out no more tokens for it; those that are out stay valid for up to 90 minutes",
    undo,
    isDone,
    async act() {
      // The note may be of a stop that could not read Entra. The step before has said why there is none.
      await attempt(() => noteStop(invoke, part, { at, before: { signIn: true } }));
      await setSignIn(graph, account, false);
      await shown(isDone);
    },
  };
}

/** The steps that give back what a sender had; none where it is not stopped. */
export async function startSteps(part: Part, tenancy: Tenancy, starting: Named): Promise<Step[]> {
  const { invoke } = tenancy;
  if (part.kind === "connector") {
    const stop = stopIn((await readConnector(invoke, part)).comment);
    return stop === undefined ? [] : [enableConnector(part, tenancy, starting, stop.before)];
  }
  const stop = stopIn(await readNote(invoke, part));
  if (stop === undefined) return [];
  const { smtpAuth, signIn } = stop.before;
  const { account, unread } = part;
  const steps = [
    ...(account === undefined || signIn === undefined
      ? []
      : [setSignInBack(account, signIn, tenancy, starting)]),
    ...(smtpAuth === undefined || part.kind !== "mailbox"
      ? []
      : [setSmtpAuthBack(part, smtpAuth, tenancy, starting)]),
  ];
  const isBack = async () => {
    const done = await Promise.all(steps.map((step) => step.isDone()));
    return done.every(Boolean) && (signIn === undefined || unread === "");
  };
  return [...steps, removeNote(part, tenancy, starting, isBack)];
}

function setSmtpAuthBack(
  part: MailboxPart,
  smtpAuth: SmtpAuthSwitch,
  { invoke }: Tenancy,
  { sender, undo }: Named,
): Step {
  const isDone = async () => (await readSmtpAuth(invoke, part)) === smtpAuth;
  return {
    title: `set SMTP AUTH of mailbox ${part.address} to ${describeSwitch(smtpAuth)}, as it was`,
    reason:
      smtpAuth === true
        ? `sender "${sender}" could not submit mail before the stop either`
        : `sender "${sender}" can submit mail again`,
    undo,
    isDone,
    async act() {
      await setSmtpAuth(invoke, part, smtpAuth);
      await shown(isDone);
    },
  };
}

/** The last step: as long as anything is not given back, the note says what it was, and keeps an `up` away. */
function removeNote(
  part: Noted,
  { invoke }: Tenancy,
  { undo }: Named,
  isBack: () => Promise<boolean>,
): Step {
  const isDone = async () => stopIn(await readNote(invoke, part)) === undefined;
  return {
    title: `take the note of the stop away from ${titleOf(part)}`,
    reason: "an up leaves the sender alone while it is there",
    undo,
    isDone,
    async act() {
      if (!(await isBack().catch(() => false))) {
        throw new Error("it stays until everything is given back; run npm run start again then");
      }
      await takeNoteAway(invoke, part);
      await shown(isDone);
    },
  };
}

function enableConnector(
  part: ConnectorPart,
  { invoke }: Tenancy,
  { sender, undo }: Named,
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

function setSignInBack(
  account: Account,
  isAllowed: boolean,
  { graph }: Tenancy,
  { undo }: Named,
): Step {
  const isDone = async () => (await readSignIn(graph, account)) === isAllowed;
  return {
    title: `${isAllowed ? "allow" : "block"} the sign-in of ${account.title}, as it was`,
    reason: isAllowed ? "it gets tokens again" : "it got no tokens before the stop either",
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
