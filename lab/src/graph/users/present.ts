import type { User } from "../../world/directory.ts";
import type { Sku } from "../../world/world.ts";
import type { Entity } from "../entities.ts";
import { newProperties } from "./fields.ts";

/** Everything that can be selected of a user (Graph v1.0 resource type `user`). */
export function presentUser(user: User): Entity {
  return {
    ...newProperties(),
    ...user.properties,
    id: user.id,
    accountEnabled: user.accountEnabled,
    assignedLicenses: user.licenses.map((skuId) => ({ disabledPlans: [], skuId })),
    creationType: null,
    externalUserState: null,
    onPremisesSyncEnabled: null,
    userPrincipalName: user.userPrincipalName,
  };
}

/** A licence of a user (Graph v1.0 resource type `licenseDetails`). */
export function presentLicense({ skuId, skuPartNumber, servicePlans }: Sku): Entity {
  return {
    id: skuId,
    servicePlans: servicePlans.map((plan) => ({
      ...plan,
      appliesTo: "User",
      provisioningStatus: "Success",
    })),
    skuId,
    skuPartNumber,
  };
}
