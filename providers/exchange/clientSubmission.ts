import type { Environment } from "../../mail/clouds.ts";
import { type Needs, ROLE_MANAGEMENT } from "../../mail/rights/needs.ts";
import { SMTP_MANAGEMENT_ROLE } from "../../mail/senders/access.ts";
import { stopMeaning } from "../../mail/stop/problems.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { inputFailures } from "../host/checkFailures.ts";
import type { Kind } from "../host/dynamicProvider.ts";
import { explainRefusals } from "../host/explainRefusals.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";
import { type Deadline, openDeadline, waitFor } from "../host/waiting.ts";
import { findAll, findOne, HAS_ADDRESS, text } from "./find.ts";
import { unlessHidden } from "./readers.ts";
import { isSmtpAuthOn, readStop } from "./smtpClientAuthentication.ts";

/** One mailbox, and who submits mail as it. */
export interface ClientSubmissionInputs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** The mailbox. */
  readonly address: string;
  /**
   * Client id of the app that holds the role. Left out for a user with a password and for an app with the classic
   * permission: then only the mailbox's switch matters.
   */
  readonly appId?: string;
  /** Whether the mailbox is adopted, so that no `up` creates it. @default false */
  readonly isAdopted?: boolean;
  /** How long to wait for Exchange; a change of it alone is no change of the resource. */
  readonly waitMinutes: number;
}

const ROLES: Needs = { read: ["View-Only Recipients"], write: ["Mail Recipients"] };
/** Where an app's role is tested as well; the app's service principal needs this role in any case. */
const ROLES_OF_APP: Needs = {
  read: [...ROLES.read, ROLE_MANAGEMENT],
  write: [...ROLES.write, ROLE_MANAGEMENT],
};

const INPUTS = ["tenantId", "environment", "address", "appId", "isAdopted", "waitMinutes"] as const;

export interface ClientSubmissionOutputs extends ClientSubmissionInputs {
  /** Host to connect to, port 587 with STARTTLS. */
  readonly host: string;
  /** Where the app gets its tokens. */
  readonly tokenEndpoint: string;
  /** The OAuth scope that it requests there. */
  readonly scope: string;
  /** What is missing until it may send, in one sentence; empty when nothing is. */
  readonly pending: string;
  /** What the last run has waited for in vain: while nothing else is missing, a run does not wait again. */
  readonly overdue: string;
}

/**
 * The kind `ClientSubmission`. It makes nothing: it reads whether Exchange lets the app submit mail as the mailbox, and
 * returns the settings that the application needs. Exchange answers from its directory; sign-ins may still be judged by
 * an older cache.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/test-serviceprincipalauthorization
 */
export function clientSubmission(tenants: Tenants, deadline: Deadline = openDeadline()) {
  const outputs = async (
    inputs: ClientSubmissionInputs,
    pending: string,
  ): Promise<ClientSubmissionOutputs> => {
    const { login, exchangeResource, submissionHost: host } = await tenants.cloud(inputs);
    return {
      ...pickDefined(inputs, INPUTS),
      host,
      tokenEndpoint: `${login}/${inputs.tenantId}/oauth2/v2.0/token`,
      scope: `${exchangeResource}/.default`,
      pending,
      overdue: pending,
    };
  };

  const settle = async (
    inputs: ClientSubmissionInputs,
    overdue = "",
  ): Promise<ClientSubmissionOutputs> => {
    const invoke = explainRefusals(
      await tenants.invoke(inputs),
      inputs.appId === undefined ? ROLES : ROLES_OF_APP,
    );
    const limit = deadline.left(inputs.waitMinutes);
    const pending = await waitFor(() => missingPart(invoke, inputs), limit, { overdue });
    const who = inputs.appId === undefined ? "anybody" : "the app";
    console.log(
      `${inputs.address}: until this is known everywhere, Entra may refuse to sign in ${who} for some minutes, and Exchange may answer 535 5.7.139 for an hour or 535 5.7.3 for two`,
    );
    return outputs(inputs, pending);
  };

  return {
    needs: { roles: ROLES },

    async check(olds: Partial<ClientSubmissionInputs>, news: ClientSubmissionInputs) {
      return { inputs: news, failures: inputFailures([otherTenant(olds, news)]) };
    },

    async diff(_id: string, olds: ClientSubmissionOutputs, news: ClientSubmissionInputs) {
      if (isUnknown(news)) return { changes: true };
      const other = olds.address !== news.address || olds.appId !== news.appId;
      const changes = other || olds.environment !== news.environment || olds.pending !== "";
      return { changes, replaces: other ? ["address"] : [] };
    },

    async create(inputs: ClientSubmissionInputs) {
      return { id: inputs.address, outs: await settle(inputs) };
    },

    async read(id: string, olds: ClientSubmissionOutputs) {
      const invoke = await tenants.invoke(olds);
      const look = () => missingPart(invoke, olds);
      const pending = await unlessHidden(tenants, look, olds.pending);
      return { id, props: { ...olds, pending }, inputs: pickDefined(olds, INPUTS) };
    },

    async update(_id: string, olds: ClientSubmissionOutputs, news: ClientSubmissionInputs) {
      return { outs: await settle(news, olds.overdue) };
    },

    async delete() {},
  } satisfies Kind;
}

/** What is missing until the app may submit mail as the mailbox, in one sentence; empty when nothing is. */
async function missingPart(
  invoke: Invoke,
  { address, appId, isAdopted = false }: ClientSubmissionInputs,
): Promise<string> {
  const mailbox = await findOne(invoke, "Get-CASMailbox", address, HAS_ADDRESS);
  if (mailbox === undefined) {
    const fix = isAdopted
      ? "if it is gone, create it again, then run pulumi up --refresh"
      : "run pulumi up --refresh, which creates it again if it is gone";
    return `Exchange does not return the mailbox ${address}; ${fix}`;
  }
  const { SmtpClientAuthenticationDisabled: own } = mailbox;
  if (!(await isSmtpAuthOn(invoke, typeof own === "boolean" ? own : null))) {
    const [stopped] = stopMeaning(await readStop(invoke, address));
    if (stopped !== undefined) return `SMTP AUTH is off for ${address}: ${stopped}`;
    return `SMTP AUTH is off for ${address}; run pulumi up --refresh to switch it on`;
  }
  if (appId === undefined) return "";
  // The roles of the app, each with whether its scope includes the mailbox. Of an app that it does not know Exchange says
  // so, or gives nothing.
  const rights = await findAll(invoke, "Test-ServicePrincipalAuthorization", {
    Identity: appId,
    Resource: address,
  });
  const held = rights.filter(({ RoleName }) => RoleName === SMTP_MANAGEMENT_ROLE);
  if (held.length === 0) {
    return `Exchange does not return the role "${SMTP_MANAGEMENT_ROLE}" of app ${appId}; run pulumi up --refresh, which creates the app's service principal and assigns the role again if they are gone`;
  }
  if (held.some(({ InScope }) => String(InScope).toLowerCase() === "true")) return "";
  const scope = text(held[0]?.AllowedResourceScope);
  return `${address} is not in the scope "${scope}" within which app ${appId} may send; run pulumi up --refresh to correct the scope`;
}
