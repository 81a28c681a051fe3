import type { LicenseDetails } from "@microsoft/microsoft-graph-types";
import type { Hono } from "hono";
import { licensesOf, type User } from "../world/directory.ts";
import type { Sku } from "../world/world.ts";
import { answerList, answerOne } from "./answers.ts";
import type { EntitySet, MemberRoute } from "./entitySet.ts";
import type { Answer } from "./errors.ts";
import type { Call, Rule } from "./guard.ts";
import { checkBody } from "./properties.ts";
import { syncMailbox } from "./userMailbox.ts";

const WRITABLE = {
  addLicenses: [{ disabledPlans: ["string"], skuId: "string" }],
  removeLicenses: ["string"],
} as const;

/** Adds the routes of a user's licences. */
export function addLicenseRoutes(
  app: Hono,
  users: EntitySet<User>,
  member: MemberRoute<User>,
): void {
  const writers: Rule = {
    roles: ["LicenseAssignment.ReadWrite.All", ...users.writers],
    people: ["License Administrator", "User Administrator"],
  };
  const readers = ["LicenseAssignment.Read.All", ...users.readers];
  const assign = (call: Call, user: User): Answer => {
    assignLicenses(call, user);
    return answerOne(call, users, users.entityOf(user, call));
  };
  app.post("/v1.0/users/:id/assignLicense", member(writers, assign));
  app.get("/v1.0/users/:id/licenseDetails", member(readers, list));
}

function list(call: Call, user: User): Answer {
  const { skus } = call.context.world.tenant;
  const details = skus.filter(({ skuId }) => licensesOf(user).includes(skuId)).map(detailsEntity);
  const segment = `users('${user.id}')/licenseDetails`;
  return answerList(call, { segment, type: "licenseDetails" }, details);
}

function detailsEntity({ skuId, skuPartNumber, servicePlans }: Sku) {
  const plans = servicePlans.map((plan) => ({
    ...plan,
    appliesTo: "User",
    provisioningStatus: "Success",
  }));
  return { id: skuId, servicePlans: plans, skuId, skuPartNumber } satisfies LicenseDetails;
}

/** All that a request asks for, or nothing. */
function assignLicenses(call: Call, user: User): void {
  const { context, refusal } = call;
  const { added, removed, disabled } = readRequest(call, user);
  if (added.length > 0 && !/^[A-Z]{2}$/.test(String(user.properties.usageLocation))) {
    throw refusal("graph.no-usage-location");
  }
  const grace = context.world.settings.expiredLicenses === "assignable";
  const full = added.find(
    ({ skuId, consumed, enabled, warning = 0 }) =>
      consumed >= enabled + (grace ? warning : 0) && !licensesOf(user).includes(skuId),
  );
  if (full !== undefined) throw refusal("graph.no-units-left", { skuId: full.skuId });
  const before = licensesOf(user);
  user.licenses = [...user.licenses, ...added.map(({ skuId }) => skuId)].filter(
    (license) => !removed.some(({ skuId }) => skuId === license),
  );
  const after = licensesOf(user);
  const plans = Object.entries({ ...user.disabledPlans, ...disabled }).filter(
    ([skuId, ids]) => after.includes(skuId) && ids.length > 0,
  );
  if (plans.length > 0) user.disabledPlans = Object.fromEntries(plans);
  else delete user.disabledPlans;
  for (const sku of context.world.tenant.skus) {
    sku.consumed += Number(after.includes(sku.skuId)) - Number(before.includes(sku.skuId));
  }
  syncMailbox(user, context);
  context.changed();
}

interface LicenseOrder {
  added: Sku[];
  removed: Sku[];
  /** Ids of the plans that are disabled, of each SKU in the order: one that the user has already gets them too. */
  disabled: Record<string, string[]>;
}

/** The SKUs that are new to the user and those that it loses. */
function readRequest(call: Call, user: User): LicenseOrder {
  const { body, context, refusal } = call;
  checkBody(call, body, WRITABLE, "User");
  const { addLicenses = [], removeLicenses = [] } = body as {
    addLicenses?: { skuId: string; disabledPlans?: string[] }[];
    removeLicenses?: string[];
  };
  const find = (id: string): Sku => {
    const sku = context.world.tenant.skus.find(({ skuId }) => skuId === id);
    if (sku === undefined) throw refusal("graph.unknown-sku", { skuId: id });
    return sku;
  };
  for (const { skuId, disabledPlans = [] } of addLicenses) {
    const own = find(skuId).servicePlans.map(({ servicePlanId }) => servicePlanId);
    const plan = disabledPlans.find((one) => !own.includes(one));
    if (plan !== undefined) throw refusal("graph.unknown-plan", { plan });
  }
  const isLicensed = ({ skuId }: Sku): boolean => user.licenses.includes(skuId);
  const added = [...new Set(addLicenses.map(({ skuId }) => find(skuId)))];
  const removed = [...new Set(removeLicenses.map(find))];
  const isInherited = ({ skuId }: Sku): boolean => user.groupLicenses?.includes(skuId) ?? false;
  if (removed.some((sku) => !isLicensed(sku) && isInherited(sku))) {
    throw refusal("graph.inherited-license");
  }
  if (!removed.every(isLicensed)) throw refusal("graph.not-licensed");
  const disabled = Object.fromEntries(
    addLicenses.map(({ skuId, disabledPlans = [] }) => [skuId, disabledPlans]),
  );
  return { added: added.filter((sku) => !isLicensed(sku)), removed, disabled };
}
