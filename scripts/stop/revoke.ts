import { randomBytes } from "node:crypto";
import { GRAPH_PERMISSIONS } from "../../mail/rights/graph.ts";
import type { GraphClient } from "../../tenant/graphClient.ts";
import type { Step } from "../steps/steps.ts";
import { type Account, PERMISSIONS } from "./parts.ts";

/** The option that answers what can't be taken back. */
export const IRREVERSIBLE = "--irreversible";

const UNDO = "nothing does; npm run rotate gives the sender a new one";

/**
 * The steps that make what was leaked worthless for good: an app's secrets and certificates, a user's password and sessions.
 *
 * @param isGiven whether the option that can't be taken back is given
 * @see https://learn.microsoft.com/graph/api/application-removepassword
 * @see https://learn.microsoft.com/graph/api/user-revokesigninsessions
 */
export function revokeSteps(account: Account, graph: GraphClient, isGiven: boolean): Step[] {
  const alone = { option: IRREVERSIBLE, isGiven };
  return account.kind === "app"
    ? [
        { ...removeSecrets(account, graph), undo: UNDO, alone },
        { ...removeCertificates(account, graph), undo: UNDO, alone },
      ]
    : [{ ...replacePassword(account, graph), undo: UNDO, alone }, endSessions(account, graph)];
}

type Act = Omit<Step, "undo" | "alone">;

interface Credentials {
  readonly passwordCredentials: readonly { readonly keyId: string }[];
  readonly keyCredentials: readonly object[];
}

async function readCredentials(
  { applicationId, title }: Account,
  graph: GraphClient,
): Promise<Credentials> {
  const path = `/applications/${applicationId}?$select=id,passwordCredentials,keyCredentials`;
  const answer = await graph.ask<Credentials>("GET", path, PERMISSIONS.app);
  if (answer === "not there") throw new Error(`${title} is not in Entra any more`);
  return answer;
}

/** Also those that somebody has added by hand: a thief may have. */
function removeSecrets(account: Account, graph: GraphClient): Act {
  return {
    title: `remove every secret of ${account.title}`,
    reason: "what was leaked signs in nowhere any more",
    isDone: async () => (await readCredentials(account, graph)).passwordCredentials.length === 0,
    async act() {
      const { passwordCredentials } = await readCredentials(account, graph);
      const path = `/applications/${account.applicationId}/removePassword`;
      for (const { keyId } of passwordCredentials) {
        await graph.ask("POST", path, PERMISSIONS.app, { keyId });
      }
    },
  };
}

function removeCertificates(account: Account, graph: GraphClient): Act {
  return {
    title: `remove every certificate of ${account.title}`,
    reason: "a leaked key signs in nowhere any more",
    isDone: async () => (await readCredentials(account, graph)).keyCredentials.length === 0,
    async act() {
      const path = `/applications/${account.applicationId}`;
      await graph.ask("PATCH", path, PERMISSIONS.app, { keyCredentials: [] });
    },
  };
}

/** Bytes of a password that nobody knows. */
const LENGTH = 48;

function replacePassword(user: Account, graph: GraphClient): Act {
  return {
    title: `replace the password of ${user.title} by one that nobody knows`,
    reason: "the leaked password signs in nowhere any more",
    isDone: async () => false,
    async act() {
      const password = `${randomBytes(LENGTH).toString("base64url")}aA1!`;
      const passwordProfile = { password, forceChangePasswordNextSignIn: false };
      const permission = GRAPH_PERMISSIONS.passwords;
      await graph.ask("PATCH", `/users/${user.id}`, permission, { passwordProfile });
    },
  };
}

function endSessions(user: Account, graph: GraphClient): Step {
  return {
    title: `end the sessions of ${user.title}`,
    reason: "what has signed in with the leaked password gets no new tokens",
    undo: "nothing has to: whoever knows its password signs in again",
    isDone: async () => false,
    async act() {
      const path = `/users/${user.id}/revokeSignInSessions`;
      await graph.ask("POST", path, GRAPH_PERMISSIONS.sessions, {});
    },
  };
}
