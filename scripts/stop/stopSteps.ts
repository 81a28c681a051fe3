import { type Before, stopIn, withStop } from "../../mail/stop/mark.ts";
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
import { shown } from "./shown.ts";
import {
  noteStop,
  readConnector,
  readNote,
  readSignIn,
  readSmtpAuth,
  setConnector,
  setSignIn,
  setSmtpAuth,
} from "./state.ts";

/** A sender, as the steps name it. */
export interface Named {
  readonly sender: string;
  /** The command that takes it all back: `npm run start …` of a stop, and the other way round. */
  readonly undo: string;
}

/** A sender that is being stopped. */
interface Stopping extends Named {
  /** When, ISO 8601. */
  readonly at: string;
  /** Whether another sender's connector relays its mail all the same. */
  readonly isRelayed: boolean;
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
  { sender, undo, at, isRelayed }: Stopping,
): Step {
  const isDone = async () => {
    const { comment, enabled } = await readConnector(invoke, part);
    return !enabled && stopIn(comment) !== undefined;
  };
  return {
    title: `disable connector "${part.name}"`,
    reason: isRelayed
      ? `Exchange knows sender "${sender}" by its certificate no more`
      : `Exchange refuses the next message of sender "${sender}" with 550 5.7.64`,
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

const switchSmtpAuthOff = (part: MailboxPart, tenancy: Tenancy, stopping: Stopping): Step =>
  notedStep(part, tenancy, stopping, {
    title: `switch SMTP AUTH off for mailbox ${part.address}`,
    reason: `Exchange refuses the next sign-in of sender "${stopping.sender}" with 535 5.7.139, whatever it signs in with${part.isAdopted ? ", and that of everybody else who submits mail as this mailbox" : ""}`,
    isOff: async () => (await readSmtpAuth(tenancy.invoke, part)) === true,
    before: async () => ({
      smtpAuth: await readSmtpAuth(tenancy.invoke, part),
      ...(await signInBefore(part, tenancy.graph)),
    }),
    switchOff: () => setSmtpAuth(tenancy.invoke, part, true),
    unnoted:
      "SMTP AUTH is off, but that could not be noted on the mailbox, so an up --refresh would switch it on again",
  });

/** An account of High Volume Email has no other switch. No `up` gives its sign-in back, and start needs the note to do so. */
const blockAccount = (part: HveAccountPart, tenancy: Tenancy, stopping: Stopping): Step =>
  notedStep(part, tenancy, stopping, {
    title: `block the sign-in of ${part.account.title}`,
    reason: `High Volume Email refuses the next sign-in of sender "${stopping.sender}" with 535 5.7.3`,
    isOff: async () => !(await readSignIn(tenancy.graph, part.account)),
    before: async () => ({ signIn: await readSignIn(tenancy.graph, part.account) }),
    switchOff: () => setSignIn(tenancy.graph, part.account, false),
    unnoted:
      "its sign-in is blocked, but that could not be noted on it, so npm run start does not give it back",
  });

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

/**
 * A step whose note comes first, as it says what to give back. Where none can be had (of a synchronised mailbox Exchange refuses
 * it), the sender is stopped all the same, and the step ends with what nobody has noted.
 */
function notedStep(
  part: MailboxPart | HveAccountPart,
  { invoke }: Tenancy,
  { undo, at }: Stopping,
  {
    title,
    reason,
    isOff,
    before,
    switchOff,
    unnoted,
  }: Pick<Step, "title" | "reason"> & {
    readonly isOff: () => Promise<boolean>;
    readonly before: () => Promise<Before>;
    readonly switchOff: () => Promise<void>;
    readonly unnoted: string;
  },
): Step {
  return {
    ...{ title, reason, undo },
    isDone: async () => (await isOff()) && stopIn(await readNote(invoke, part)) !== undefined,
    async act() {
      const failed = await attempt(async () =>
        noteStop(invoke, part, { at, before: await before() }),
      );
      await switchOff();
      await shown(isOff);
      if (failed !== undefined) throw new Error(`${unnoted} (${failed.message})`);
    },
  };
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
