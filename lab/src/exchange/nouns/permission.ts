import type { Context } from "../../context.ts";
import { buildReply } from "../../reply.ts";
import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { ask, type Cmdlet, type ExchangeObject, give, giveNothing, giveSome } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { findOne, findSome, matching, notFound, recipientName } from "../directory.ts";
import { type Bound, identityType, type Parameters, type ParameterType } from "../parameters.ts";
import { findReplicated, isReplicated } from "../replication.ts";
import { mailboxes } from "./mailbox.ts";
import { servicePrincipals } from "./servicePrincipal.ts";

/** Who always holds every right on an own mailbox. */
const SELF = "NT AUTHORITY\\SELF";

/** A noun of rights that trustees hold on mailboxes; `Trustee` explains their keys. */
export interface Permission {
  /** Such as `MailboxPermission`. */
  name: string;
  /** .NET class of its Identity, such as `MailboxIdParameter`. */
  identity: string;
  /** Name of the parameter for the trustee. */
  trustee: "User" | "Trustee";
  /** Type of AccessRights. */
  rights: ParameterType & { is: "enums" };
  /** What the mailbox's own user holds. */
  ownRights: string[];
  /** Other parameters of Add. */
  addParameters?: Parameters;
  /** Other parameters of Add and Remove. */
  commonParameters?: Parameters;
  /** Mandatory parameters of Get. @default none */
  mandatory?: string[];
  present(mailbox: Mailbox, trustee: string, rights: string[]): ExchangeObject;
  /** Keys of those who hold a right, in the order in which they got it. */
  holders(mailbox: Mailbox, world: World): string[];
  held(mailbox: Mailbox, key: string, world: World): string[];
  grant(mailbox: Mailbox, key: string, rights: string[], context: Context): void;
  /** Takes rights away; counts at once (assumed). */
  revoke(mailbox: Mailbox, key: string, rights: string[], world: World): void;
}

/** The cmdlets of a permission by name: Add, Get and Remove. */
export function definePermission(permission: Permission): Record<string, Cmdlet> {
  const { name } = permission;
  return {
    [`Add-${name}`]: addCmdlet(permission),
    [`Get-${name}`]: getCmdlet(permission),
    [`Remove-${name}`]: removeCmdlet(permission),
  };
}

function parametersOf({ identity, trustee }: Permission): Parameters {
  return {
    Identity: identityType(identity),
    [trustee]: identityType("SecurityPrincipalIdParameter"),
  };
}

/** The parameters of Add and Remove, and how they begin. */
function changing(permission: Permission) {
  const { trustee, rights, commonParameters } = permission;
  return {
    parameters: {
      ...parametersOf(permission),
      AccessRights: rights,
      ...commonParameters,
      Confirm: { is: "flag" },
    } satisfies Parameters,
    mandatory: ["Identity", trustee, "AccessRights"],
    read(bound: Bound, context: Context) {
      const { world } = context;
      const identity = bound.text("Identity") ?? "";
      const mailbox = findReplicated(mailboxes, identity, permission.name, context);
      const holder = findTrustee(bound.text(trustee) ?? "", permission.name, context);
      const wanted = bound.list("AccessRights");
      const held = permission.held(mailbox, holder.key, world);
      return { mailbox, holder, held, wanted: Array.isArray(wanted) ? [...new Set(wanted)] : [] };
    },
  };
}

function addCmdlet(permission: Permission): Cmdlet {
  const { parameters, mandatory, read } = changing(permission);
  return {
    reads: false,
    parameters: { ...parameters, ...permission.addParameters },
    mandatory,
    run(bound, context) {
      const { mailbox, holder, held, wanted } = read(bound, context);
      if (bound.flag("Confirm") !== false) return ask(`Add-${permission.name}`, mailbox.name);
      const added = wanted.filter((right) => !held.includes(right));
      if (added.length === 0) {
        const object = recipientName(mailbox.name, context.world);
        return giveNothing(
          buildReply("exchange.ace-already-present", { object, account: holder.name }),
        );
      }
      permission.grant(mailbox, holder.key, added, context);
      const object = permission.present(mailbox, holder.name, [...held, ...added]);
      return { ...give(object), changed: mailbox.name };
    },
  };
}

/** Get shows the mailbox's own user first. */
function getCmdlet(permission: Permission): Cmdlet {
  const { trustee, ownRights, mandatory = [] } = permission;
  return {
    reads: true,
    parameters: { ...parametersOf(permission), ResultSize: { is: "size" } },
    mandatory,
    run(bound, context) {
      const { world } = context;
      const identity = bound.text("Identity") ?? null;
      const found = findSome(mailboxes, identity, world).filter((mailbox) =>
        isReplicated(permission.name, mailbox, context),
      );
      if (identity !== null && found.length === 0) throw notFound(identity, world);
      const wanted = bound.text(trustee) ?? null;
      const isSelf = wanted?.toUpperCase() === SELF;
      const only =
        wanted === null || isSelf ? null : findTrustee(wanted, permission.name, context).key;
      const entries = found.flatMap((mailbox) => {
        const self = permission.present(mailbox, SELF, ownRights);
        const others = permission
          .holders(mailbox, world)
          .filter((key) => !isSelf && (only === null || key === only))
          .map((key) => {
            const held = permission.held(mailbox, key, world);
            return permission.present(mailbox, nameOf(key, world), held);
          });
        return only === null ? [self, ...others] : others;
      });
      return giveSome(entries, bound, world);
    },
  };
}

function removeCmdlet(permission: Permission): Cmdlet {
  const { parameters, mandatory, read } = changing(permission);
  return {
    reads: false,
    parameters,
    mandatory,
    run(bound, context) {
      const { world } = context;
      const { mailbox, holder, held, wanted } = read(bound, context);
      if (bound.flag("Confirm") !== false) return ask(`Remove-${permission.name}`, mailbox.name);
      if (wanted.some((right) => held.includes(right))) {
        permission.revoke(mailbox, holder.key, wanted, world);
        return { ...giveNothing(), changed: mailbox.name };
      }
      // Sources don't agree on what Exchange does here.
      const object = recipientName(mailbox.name, world);
      if (world.settings.absentPermission === "refused") {
        throw refusal("exchange.ace-absent", { object, account: holder.name });
      }
      return giveNothing(
        buildReply("exchange.ace-absent-warning", { object, account: holder.name }),
      );
    },
  };
}

/** Somebody who can be given a right. */
interface Trustee {
  /** As the world keeps it: GUID of a service principal in Exchange, or address of a mailbox. */
  key: string;
  /** As Exchange shows it. Assumed: a service principal by its name, which is its ObjectId. */
  name: string;
}

/**
 * The mailbox's user or the service principal of this identity.
 *
 * @throws CmdletError when there is none, or several
 */
function findTrustee(identity: string, noun: string, context: Context): Trustee {
  const { world } = context;
  const isKnown = (object: object) => isReplicated(noun, object, context);
  if (matching(mailboxes, identity, world).some(isKnown)) {
    const { address } = findOne(mailboxes, identity, world);
    return { key: address, name: address };
  }
  const [principal] = matching(servicePrincipals, identity, world).filter(isKnown);
  if (!principal) throw refusal("exchange.no-such-principal", { identity });
  return { key: principal.guid, name: principal.objectId };
}

function nameOf(key: string, { exchangeServicePrincipals }: World): string {
  return exchangeServicePrincipals.find(({ guid }) => guid === key)?.objectId ?? key;
}
