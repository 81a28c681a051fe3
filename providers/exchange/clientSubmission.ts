import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../tenant/clouds.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isNotFound } from "../../tenant/exchangeError.ts";
import { failures } from "../host/failures.ts";
import { openPatience, type Patience } from "../host/patience.ts";
import { isUnknown } from "../host/unknown.ts";
import { waitFor } from "./dkim.ts";
import { otherTenant } from "./otherTenant.ts";
import type { Tenants } from "./tenants.ts";

/** An app that shall submit mail as one mailbox. */
export interface ClientSubmissionInputs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** The mailbox. */
  readonly address: string;
  /** Client id of the app. */
  readonly appId: string;
  /** How long to wait for others; it says nothing of the submission itself. */
  readonly waitMinutes: number;
}

export interface ClientSubmissionOutputs extends ClientSubmissionInputs {
  /** Host to connect to, port 587 with STARTTLS. */
  readonly host: string;
  /** Where the app gets its tokens. */
  readonly tokenEndpoint: string;
  /** What it asks for there. */
  readonly scope: string;
  /** What is missing until it may send, in one sentence; empty when nothing is. */
  readonly pending: string;
}

/** The role of RBAC for Applications that lets an app submit mail. */
export const SEND_AS_APP = "Application SMTP.SendAsApp";

/**
 * The kind `ClientSubmission`: makes nothing. It looks whether Exchange lets the app submit mail as the mailbox, and
 * tells what the application has to know. Exchange's own look passes the caches by that sign-ins still go through.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/test-serviceprincipalauthorization
 */
export function clientSubmission(tenants: Tenants, patience: Patience = openPatience()) {
  const outputs = async (
    inputs: ClientSubmissionInputs,
    pending: string,
  ): Promise<ClientSubmissionOutputs> => {
    const { login, exchangeResource, submissionHost: host } = await tenants.cloud(inputs);
    return {
      ...argsOf(inputs),
      host,
      tokenEndpoint: `${login}/${inputs.tenantId}/oauth2/v2.0/token`,
      scope: `${exchangeResource}/.default`,
      pending,
    };
  };

  const settle = async (inputs: ClientSubmissionInputs): Promise<ClientSubmissionOutputs> => {
    const invoke = await tenants.invoke(inputs);
    const limit = patience.left(inputs.waitMinutes);
    return outputs(inputs, await waitFor(() => missing(invoke, inputs), limit));
  };

  return {
    async check(olds: Partial<ClientSubmissionInputs>, news: ClientSubmissionInputs) {
      return { inputs: news, failures: failures([otherTenant(olds, news)]) };
    },

    async diff(_id: string, olds: ClientSubmissionOutputs, news: ClientSubmissionInputs) {
      if (isUnknown(news)) return { changes: true };
      const other = olds.address !== news.address || olds.appId !== news.appId;
      const changes = other || olds.environment !== news.environment || olds.pending !== "";
      return { changes, replaces: other ? ["address"] : [] };
    },

    async create(inputs: ClientSubmissionInputs) {
      const outs = await settle(inputs);
      console.log(
        `${inputs.address}: until a new right has spread, Exchange answers 535 5.7.3, for two hours at the most`,
      );
      return { id: inputs.address, outs };
    },

    async read(id: string, olds: ClientSubmissionOutputs) {
      const pending = await missing(await tenants.invoke(olds), olds);
      return { id, props: { ...olds, pending }, inputs: argsOf(olds) };
    },

    async update(_id: string, _olds: ClientSubmissionOutputs, news: ClientSubmissionInputs) {
      return { outs: await settle(news) };
    },

    async delete() {},
  } satisfies pulumi.dynamic.ResourceProvider;
}

/** What is missing until the app may submit mail as the mailbox, in one sentence; empty when nothing is. */
async function missing(invoke: Invoke, inputs: ClientSubmissionInputs): Promise<string> {
  const { address, appId } = inputs;
  try {
    const { value: mailboxes } = await invoke("Get-CASMailbox", { Identity: address });
    if (mailboxes[0]?.SmtpClientAuthenticationDisabled !== false) {
      return `SMTP AUTH is off for ${address}; run pulumi up --refresh to switch it on`;
    }
    const { value: rights } = await invoke("Test-ServicePrincipalAuthorization", {
      Identity: appId,
      Resource: address,
    });
    const right = rights.find(({ RoleName }) => RoleName === SEND_AS_APP);
    if (right === undefined) return `app ${appId} does not hold the role ${SEND_AS_APP} yet`;
    const inScope = String(right.InScope).toLowerCase() === "true";
    return inScope ? "" : `${address} is not in the scope of what app ${appId} may send as yet`;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return `Exchange does not show ${address}, or app ${appId}, yet`;
  }
}

const argsOf = (inputs: ClientSubmissionInputs): ClientSubmissionInputs => ({
  tenantId: inputs.tenantId,
  environment: inputs.environment,
  address: inputs.address,
  appId: inputs.appId,
  waitMinutes: inputs.waitMinutes,
});
