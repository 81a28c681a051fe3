import type { World } from "../../world/world.ts";
import { ask, type Cmdlet, giveNothing, giveSome } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { notFound } from "../directory.ts";
import { entriesOf } from "../managementRoles.ts";
import { parameterPages } from "../parameterPages.ts";
import { identityType } from "../parameters.ts";
import { managementRoles } from "./managementRole.ts";

/** A cmdlet of a role. */
interface Entry {
  role: string;
  cmdlet: string;
}

/** The entries that `<role>\\<cmdlet>` names; `*` in either part stands for any text. */
function findEntries(identity: string, world: World): Entry[] {
  const [role = "", cmdlet = ""] = identity.split("\\");
  const [isRole, isCmdlet] = [matcher(role), matcher(cmdlet)];
  const roles = managementRoles.all(world).filter(({ name }) => isRole.test(name));
  return roles.flatMap(({ name }) =>
    (entriesOf(name, world) ?? [])
      .filter((entry) => isCmdlet.test(entry))
      .map((entry) => ({ role: name, cmdlet: entry })),
  );
}

const matcher = (pattern: string): RegExp =>
  new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`, "i");

const literal = (text: string): string => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&");

const identityOf = ({ role, cmdlet }: Entry): string => `${role}\\${cmdlet}`;

/** Shows an entry. Assumed: that it has every parameter that the cmdlet's page has. */
const present = ({ role, cmdlet }: Entry) => ({
  Name: cmdlet,
  Identity: identityOf({ role, cmdlet }),
  Id: role,
  Role: role,
  Type: "Cmdlet",
  Parameters: parameterPages[cmdlet]?.cloud ?? [],
  IsValid: true,
});

const identity = identityType("RoleEntryIdParameter");

const getManagementRoleEntry: Cmdlet = {
  reads: true,
  parameters: { Identity: identity, ResultSize: { is: "size" } },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const given = bound.text("Identity") ?? "";
    const found = findEntries(given, world);
    if (found.length === 0) throw notFound(given, world);
    return giveSome(found.map(present), bound, world);
  },
};

const removeManagementRoleEntry: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, Confirm: { is: "flag" }, Force: { is: "flag" } },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const given = bound.text("Identity") ?? "";
    const [entry] = given.includes("*") ? [] : findEntries(given, world);
    if (entry === undefined) throw notFound(given, world);
    const role = world.managementRoles.find(({ name }) => name === entry.role);
    if (role === undefined) throw refusal("exchange.built-in-role", { role: entry.role });
    if (bound.flag("Confirm") !== false && bound.flag("Force") !== true) {
      return ask("Remove-ManagementRoleEntry", identityOf(entry));
    }
    role.entries = role.entries.filter((cmdlet) => cmdlet !== entry.cmdlet);
    return { ...giveNothing(), changed: identityOf(entry) };
  },
};

/** What roles hold, as `<role>\\<cmdlet>`. */
export const managementRoleEntryCmdlets = {
  "Get-ManagementRoleEntry": getManagementRoleEntry,
  "Remove-ManagementRoleEntry": removeManagementRoleEntry,
};
