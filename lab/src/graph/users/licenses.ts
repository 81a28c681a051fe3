import type { User } from "../../world/directory.ts";
import type { Sku } from "../../world/world.ts";
import type { Answer, Call } from "../call.ts";
import { many, one } from "../entities.ts";
import { GraphRefusal } from "../refusal.ts";
import { checkBody } from "../shape.ts";
import { SHOWN } from "./fields.ts";
import { syncMailbox } from "./mailbox.ts";
import { presentLicense, presentUser } from "./present.ts";
import { notLicensed, noUnitsLeft, noUsageLocation, plansNotKept, unknownSku } from "./replies.ts";

const FIELDS = {
  addLicenses: [{ disabledPlans: ["string"], skuId: "string" }],
  removeLicenses: ["string"],
} as const;

/** `assignLicense`: all of it or nothing. */
export function assignLicense(call: Call, user: User): Answer {
  const { context, trace } = call;
  const { added, removed } = readOrder(call, user);
  if (added.length > 0 && !/^[A-Z]{2}$/.test(String(user.properties.usageLocation))) {
    throw new GraphRefusal(noUsageLocation(trace()));
  }
  const full = added.find(({ consumed, enabled }) => consumed >= enabled);
  if (full !== undefined) throw new GraphRefusal(noUnitsLeft(trace(), full.skuId));
  for (const sku of added) sku.consumed += 1;
  for (const sku of removed) sku.consumed -= 1;
  user.licenses = [...user.licenses, ...added.map(({ skuId }) => skuId)].filter(
    (held) => !removed.some(({ skuId }) => skuId === held),
  );
  syncMailbox(user, context);
  context.changed();
  return one(call, { segment: "users", type: "user" }, presentUser(user), { shown: SHOWN });
}

export function listLicenses(call: Call, user: User): Answer {
  const { skus } = call.context.world.tenant;
  const held = skus.filter(({ skuId }) => user.licenses.includes(skuId));
  const segment = `users('${user.id}')/licenseDetails`;
  return many(call, { segment, type: "licenseDetails" }, held.map(presentLicense));
}

/** The SKUs that come new and those that go; one that the user has already is neither. */
function readOrder(call: Call, user: User): { added: Sku[]; removed: Sku[] } {
  const { body, context, trace } = call;
  checkBody(call, body, FIELDS, "User");
  const { addLicenses = [], removeLicenses = [] } = body as {
    addLicenses?: { skuId: string; disabledPlans?: string[] }[];
    removeLicenses?: string[];
  };
  if (addLicenses.some(({ disabledPlans = [] }) => disabledPlans.length > 0)) {
    throw new GraphRefusal(plansNotKept(trace()));
  }
  const find = (wanted: string): Sku => {
    const sku = context.world.tenant.skus.find(({ skuId }) => skuId === wanted);
    if (sku === undefined) throw new GraphRefusal(unknownSku(trace(), wanted));
    return sku;
  };
  const added = [...new Set(addLicenses.map(({ skuId }) => find(skuId)))];
  const removed = [...new Set(removeLicenses.map(find))];
  if (removed.some(({ skuId }) => !user.licenses.includes(skuId))) {
    throw new GraphRefusal(notLicensed(trace()));
  }
  return { added: added.filter(({ skuId }) => !user.licenses.includes(skuId)), removed };
}
