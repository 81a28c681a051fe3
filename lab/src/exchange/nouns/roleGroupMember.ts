import { ask, type Cmdlet, giveNothing, giveSome } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { findOne } from "../directory.ts";
import { identityType, type Parameters } from "../parameters.ts";
import { roleGroups } from "./roleGroup.ts";
import { findMember, memberName, membersOf, newMember } from "./roleGroupMembers.ts";

const group = identityType("RoleGroupIdParameter");

const getRoleGroupMember: Cmdlet = {
  reads: true,
  parameters: { Identity: group, ResultSize: { is: "size" } },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const found = findOne(roleGroups, bound.text("Identity") ?? "", world);
    const all = membersOf(world);
    const objects = found.members.map(({ objectId }) => {
      const member = all.find((one) => one.objectId === objectId);
      return {
        Name: member?.name ?? objectId,
        Identity: member?.name ?? objectId,
        DisplayName: member?.displayName ?? "",
        ExternalDirectoryObjectId: objectId,
        RecipientType: member?.kind ?? "ServicePrincipal",
        RecipientTypeDetails: member?.kind ?? "ServicePrincipal",
        IsValid: true,
      };
    });
    return giveSome(objects, bound, world);
  },
};

const parameters: Parameters = {
  Identity: group,
  Member: identityType("SecurityPrincipalIdParameter"),
  BypassSecurityGroupManagerCheck: { is: "flag" },
  Confirm: { is: "flag" },
};
const mandatory = ["Identity", "Member"];

const addRoleGroupMember: Cmdlet = {
  reads: false,
  parameters,
  mandatory,
  run(bound, context) {
    const found = findOne(roleGroups, bound.text("Identity") ?? "", context.world);
    const member = newMember(bound.text("Member") ?? "", context);
    if (found.members.some(({ objectId }) => objectId === member.objectId)) {
      const name = memberName(member.objectId, context.world);
      throw refusal("exchange.already-member", { member: name, group: found.name });
    }
    if (bound.flag("Confirm") === true) return ask("Add-RoleGroupMember", found.name);
    found.members.push(member);
    return { ...giveNothing(), changed: found.name };
  },
};

/** Membership ends at once (assumed). */
const removeRoleGroupMember: Cmdlet = {
  reads: false,
  parameters,
  mandatory,
  run(bound, context) {
    const found = findOne(roleGroups, bound.text("Identity") ?? "", context.world);
    const member = findMember(bound.text("Member") ?? "", context);
    const others = found.members.filter(({ objectId }) => objectId !== member.objectId);
    if (others.length === found.members.length) {
      throw refusal("exchange.no-member", { member: member.name, group: found.name });
    }
    if (bound.flag("Confirm") !== false) return ask("Remove-RoleGroupMember", found.name);
    found.members = others;
    return { ...giveNothing(), changed: found.name };
  },
};

/** Who is in role groups. */
export const roleGroupMemberCmdlets = {
  "Add-RoleGroupMember": addRoleGroupMember,
  "Get-RoleGroupMember": getRoleGroupMember,
  "Remove-RoleGroupMember": removeRoleGroupMember,
};
