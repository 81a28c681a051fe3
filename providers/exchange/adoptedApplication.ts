import { type Problem, sentence } from "../../mail/problem.ts";
import { type KindNeeds, ROLE_MANAGEMENT } from "../../mail/rights/needs.ts";
import { SMTP_MANAGEMENT_ROLE } from "../../mail/senders/access.ts";
import {
  appNotKnownProblem,
  mayNotSubmit,
  notToSubmitProblem,
} from "../../mail/senders/adoptedApplication.ts";
import { canonicalMailbox } from "../../mail/senders/mailbox.ts";
import { clientIdProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { inputFailures, readFailures } from "../host/checkFailures.ts";
import type { Kind } from "../host/dynamicProvider.ts";
import { explainRefusals } from "../host/explainRefusals.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";
import { findAll, findOne, text } from "./find.ts";
import { grants } from "./mailboxRight.ts";
import type { Identity } from "./named.ts";
import { unlessHidden } from "./readers.ts";

/** An app that was there before the stack, and the mailbox that it submits mail as. */
export interface AdoptedApplicationInputs extends Identity {
  /** Client id of the app. */
  readonly appId: string;
  /** Address of the mailbox. */
  readonly mailbox: string;
}

export interface AdoptedApplicationOutputs extends AdoptedApplicationInputs {
  /** Object id of its enterprise application, as Exchange knows it. */
  readonly objectId: string;
  /** What keeps it from submitting mail as the mailbox, in one sentence; empty when nothing does. */
  readonly pending: string;
}

const INPUTS = ["tenantId", "environment", "owner", "appId", "mailbox"] as const;

const ROLES = {
  read: ["View-Only Recipients", ROLE_MANAGEMENT],
  write: ["Mail Recipients", ROLE_MANAGEMENT],
};

const NEEDS: KindNeeds = {
  roles: ROLES,
  hidden: ["Get-ServicePrincipal", "Test-ServicePrincipalAuthorization"],
};

/**
 * The kind `AdoptedApplication`. It writes nothing, ever: it reads whether Exchange knows an app that exists, and lets it
 * submit mail as a mailbox, by a role or by full access. Its owner gives and takes these rights.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/get-serviceprincipal
 */
export function adoptedApplication(tenants: Tenants) {
  const connect = async (inputs: Identity): Promise<Invoke> =>
    explainRefusals(await tenants.invoke(inputs), ROLES);

  return {
    needs: NEEDS,

    async check(olds: Partial<AdoptedApplicationInputs>, declared: AdoptedApplicationInputs) {
      if (isUnknown(declared)) return { inputs: declared, failures: [] };
      const inputs = {
        ...declared,
        appId: declared.appId.toLowerCase(),
        mailbox: canonicalMailbox(declared.mailbox),
      };
      const refused = inputFailures([
        clientIdProblem("appId", inputs.appId),
        otherTenant(olds, inputs),
      ]);
      const isKnown = olds.appId === inputs.appId && olds.mailbox === inputs.mailbox;
      if (refused.length > 0 || isKnown) return { inputs, failures: refused };
      try {
        return {
          inputs,
          failures: inputFailures([await appProblem(await connect(inputs), inputs)]),
        };
      } catch (error) {
        return { inputs, failures: readFailures(error) };
      }
    },

    async diff(_id: string, olds: AdoptedApplicationOutputs, news: AdoptedApplicationInputs) {
      if (isUnknown(news)) return { changes: true };
      const other = olds.appId !== news.appId || olds.mailbox !== news.mailbox;
      const moved = olds.environment !== news.environment || olds.owner !== news.owner;
      return {
        changes: other || moved || olds.pending !== "",
        replaces: other ? ["appId"] : [],
      };
    },

    async create(inputs: AdoptedApplicationInputs) {
      const found = await findApp(await connect(inputs), inputs);
      const problem = problemOf(inputs, found);
      if (found === undefined || problem !== undefined) {
        throw new Error(
          `${sentence(problem ?? appNotKnownProblem(inputs.appId))}; nothing was changed`,
        );
      }
      return {
        id: found.guid,
        outs: { ...pickDefined(inputs, INPUTS), ...outputsOf(inputs, found) },
      };
    },

    async read(id: string, olds: AdoptedApplicationOutputs) {
      const invoke = await connect(olds);
      const found = await unlessHidden(tenants, () => findApp(invoke, olds), "hidden" as const);
      if (found === undefined) return { id: "", props: {} };
      const seen = found === "hidden" ? {} : outputsOf(olds, found);
      return { id, props: { ...olds, ...seen }, inputs: pickDefined(olds, INPUTS) };
    },

    async update(_id: string, olds: AdoptedApplicationOutputs, news: AdoptedApplicationInputs) {
      const found = await findApp(await connect(news), news);
      if (found === undefined) {
        throw new Error(`${sentence(appNotKnownProblem(news.appId))}; nothing was changed`);
      }
      return { outs: { ...olds, ...pickDefined(news, INPUTS), ...outputsOf(news, found) } };
    },

    async delete() {},
  } satisfies Kind;
}

/** An app as Exchange knows it. */
interface FoundApp {
  readonly guid: string;
  readonly objectId: string;
  /** What lets it submit mail as the mailbox; undefined where nothing does. */
  readonly by: "role" | "full access" | undefined;
}

type AppOfMailbox = Pick<AdoptedApplicationInputs, "appId" | "mailbox">;

/** Why an app can't be adopted for a mailbox; undefined when it can. */
export const appProblem = async (invoke: Invoke, app: AppOfMailbox): Promise<Problem | undefined> =>
  problemOf(app, await findApp(invoke, app));

const problemOf = ({ appId, mailbox }: AppOfMailbox, found: FoundApp | undefined) =>
  found === undefined
    ? appNotKnownProblem(appId)
    : found.by === undefined
      ? notToSubmitProblem(appId, mailbox)
      : undefined;

const outputsOf = ({ appId, mailbox }: AppOfMailbox, { objectId, by }: FoundApp) => ({
  objectId,
  pending: by === undefined ? mayNotSubmit(appId, mailbox) : "",
});

async function findApp(
  invoke: Invoke,
  { appId, mailbox }: AppOfMailbox,
): Promise<FoundApp | undefined> {
  const object = await findOne(invoke, "Get-ServicePrincipal", appId, ["AppId"]);
  if (object === undefined) return undefined;
  const objectId = text(object.ObjectId).toLowerCase();
  return {
    guid: text(object.Guid),
    objectId,
    by: await rightOf(invoke, { appId, objectId, mailbox }),
  };
}

/** An app and a mailbox. */
interface AppAtMailbox {
  readonly appId: string;
  readonly objectId: string;
  readonly mailbox: string;
}

/** What lets an app submit mail as a mailbox: the role over a scope that holds it, or full access to it. */
export async function rightOf(
  invoke: Invoke,
  { appId, objectId, mailbox }: AppAtMailbox,
): Promise<FoundApp["by"]> {
  const roles = await findAll(invoke, "Test-ServicePrincipalAuthorization", {
    Identity: appId,
    Resource: mailbox,
  });
  const isInScope = roles.some(
    ({ RoleName, InScope }) =>
      RoleName === SMTP_MANAGEMENT_ROLE && String(InScope).toLowerCase() === "true",
  );
  if (isInScope) return "role";
  const entries = await findAll(invoke, "Get-MailboxPermission", {
    ...{ Identity: mailbox, User: objectId, ResultSize: "Unlimited" },
  });
  return entries.some((entry) => grants(entry, "FullAccess")) ? "full access" : undefined;
}
