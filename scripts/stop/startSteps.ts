import { describeSwitch, type SmtpAuthSwitch } from "../../mail/senders/adoptedMailbox.ts";
import { type Before, stopIn, withoutStop } from "../../mail/stop/mark.ts";
import type { Step } from "../steps/steps.ts";
import type { Account, ConnectorPart, MailboxPart, Part, Tenancy } from "./parts.ts";
import { shown } from "./shown.ts";
import {
  type Noted,
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
import type { Named } from "./stopSteps.ts";

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
