import { newScopeParameters } from "../../mail/exchange/access.ts";
import {
  canonicalFilter,
  mailboxAddressProblem,
  mailboxFilter,
} from "../../mail/senders/mailbox.ts";
import { objectNameProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { Tenants } from "../host/tenants.ts";
import { findOne, text } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import { differences, type Identity, judgeContent, type Named, type Observed } from "./named.ts";

/** The one mailbox that an app's role reaches. */
export interface ManagementScopeInputs extends Identity {
  readonly name: string;
  /** Address of the mailbox. */
  readonly address: string;
}

interface ScopeForm {
  readonly name: string;
  /** In OPATH. */
  readonly recipientFilter: string;
}

interface ScopeFacts {
  /** Exchange's own id. */
  readonly guid: string;
}

const KEYS = ["name", "recipientFilter"] as const;

const scope: Named<ManagementScopeInputs, ScopeForm, ScopeFacts> = {
  title: ({ name }) => `management scope "${name}"`,
  rules: {
    name: (key: string, value: string) => objectNameProblem(key, value, "a management scope's"),
    address: mailboxAddressProblem,
  },
  roles: { read: ["View-Only Configuration"], write: ["Role Management"] },
  needs: { customised: true },
  keys: KEYS,
  replaces: [],
  form: ({ name, address }) => ({ name: name.trim(), recipientFilter: mailboxFilter(address) }),

  findByName: (invoke, { name }) => findScope(invoke, name),
  findById: findScope,
  judge: ({ id, form }, wanted) =>
    judgeContent(
      { what: "a management scope", name: form.name, guid: id },
      differences(["recipientFilter"], form, wanted),
    ),

  async make(invoke, wanted) {
    await invoke("New-ManagementScope", newScopeParameters(wanted));
  },
  async set(invoke, { id }, { name, recipientFilter }) {
    const parameters = { Identity: id, Name: name, RecipientRestrictionFilter: recipientFilter };
    await invoke("Set-ManagementScope", { ...parameters, Confirm: false });
  },
  async remove(invoke, { id }) {
    await invoke("Remove-ManagementScope", { Identity: id, Confirm: false });
  },
};

/**
 * The kind `ManagementScope`.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-managementscope
 */
export const managementScope = (tenants: Tenants) => lifecycle(tenants, scope);

async function findScope(
  invoke: Invoke,
  identity: string,
): Promise<Observed<ScopeForm, ScopeFacts> | undefined> {
  const object = await findOne(invoke, "Get-ManagementScope", identity);
  if (object === undefined) return undefined;
  const guid = text(object.Guid);
  const recipientFilter = canonicalFilter(text(object.RecipientFilter));
  return { id: guid, form: { name: text(object.Name), recipientFilter }, facts: { guid } };
}
