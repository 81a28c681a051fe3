import { newServicePrincipalParameters } from "../../mail/exchange/access.ts";
import { displayNameProblem } from "../../mail/senders/mailbox.ts";
import { directoryIdProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { Tenants } from "../host/tenants.ts";
import { findOne, text } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import type { Identity, Named, Observed } from "./named.ts";

/** What Exchange has to know of an app before it can be given rights. */
export interface ExchangeServicePrincipalInputs extends Identity {
  /** Client id of the app. */
  readonly appId: string;
  /** Object id of its enterprise application, which is not the app registration's. */
  readonly objectId: string;
  readonly displayName: string;
}

interface PrincipalForm {
  readonly appId: string;
  readonly objectId: string;
  readonly displayName: string;
}

interface PrincipalFacts {
  /** Exchange's own id. */
  readonly guid: string;
}

const principal: Named<ExchangeServicePrincipalInputs, PrincipalForm, PrincipalFacts> = {
  title: ({ appId }) => `service principal of app ${appId}`,
  rules: {
    appId: directoryIdProblem,
    objectId: directoryIdProblem,
    displayName: displayNameProblem,
  },
  roles: { read: ["Role Management"], write: ["Role Management"] },
  needs: { hidden: ["Get-ServicePrincipal"] },
  keys: ["appId", "objectId", "displayName"],
  replaces: ["appId", "objectId"],
  form: ({ appId, objectId, displayName }) => ({
    appId: appId.toLowerCase(),
    objectId: objectId.toLowerCase(),
    displayName: displayName.trim(),
  }),

  async findByName(invoke, { appId, objectId }) {
    const there = (await findPrincipal(invoke, appId)) ?? (await findPrincipal(invoke, objectId));
    if (there === undefined) return undefined;
    const { form, id } = there;
    if (form.appId === appId && form.objectId === objectId) return there;
    throw new Error(
      `Exchange has a service principal ${id} ("${form.displayName}") of app ${form.appId} with the object id ${form.objectId} instead of ${objectId} of app ${appId}: ` +
        "no app can send with it (535 5.7.3), because the object id must be that of the enterprise application, not of the app registration; " +
        "let whoever made it take it back, then run pulumi up --refresh; or rename the sender, which gives it another app; nothing was changed",
    );
  },
  findById: findPrincipal,
  /** An app has one. Ours has stack and sender in its display name; any other one is used as it is. */
  judge: ({ form }, { displayName }) => (form.displayName === displayName ? "ours" : "preexisting"),

  async make(invoke, { appId, objectId, displayName }) {
    const parameters = newServicePrincipalParameters({ appId, objectId, displayName });
    await invoke("New-ServicePrincipal", parameters);
  },
  async set(invoke, { id }, { displayName }) {
    const parameters = { Identity: id, DisplayName: displayName, Confirm: false };
    await invoke("Set-ServicePrincipal", parameters);
  },
  async remove(invoke, { id }) {
    await invoke("Remove-ServicePrincipal", { Identity: id, Confirm: false });
  },
};

/**
 * The kind `ExchangeServicePrincipal`. Exchange accepts a wrong object id; only the first sign-in fails.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-serviceprincipal
 */
export const exchangeServicePrincipal = (tenants: Tenants) => lifecycle(tenants, principal);

async function findPrincipal(
  invoke: Invoke,
  identity: string,
): Promise<Observed<PrincipalForm, PrincipalFacts> | undefined> {
  const names = ["Guid", "AppId", "ObjectId"];
  const object = await findOne(invoke, "Get-ServicePrincipal", identity, names);
  if (object === undefined) return undefined;
  const guid = text(object.Guid);
  const form = {
    appId: text(object.AppId).toLowerCase(),
    objectId: text(object.ObjectId).toLowerCase(),
    displayName: text(object.DisplayName),
  };
  return { id: guid, form, facts: { guid } };
}
