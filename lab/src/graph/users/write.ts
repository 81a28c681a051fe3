import { newGuid } from "../../context.ts";
import type { User } from "../../world/directory.ts";
import type { Answer, Call } from "../call.ts";
import { one } from "../entities.ts";
import { GraphRefusal } from "../refusal.ts";
import * as replies from "../replies.ts";
import { checkBody, type Fields, merge } from "../shape.ts";
import { graphTime } from "../time.ts";
import { newProperties, SHOWN, USER_FIELDS } from "./fields.ts";
import { dropMailbox, syncMailbox } from "./mailbox.ts";
import { presentUser } from "./present.ts";
import { badPrincipalName, foreignDomain, weakPassword } from "./replies.ts";

const RESOURCE = "User";
const REQUIRED = [
  "accountEnabled",
  "displayName",
  "mailNickname",
  "passwordProfile",
  "userPrincipalName",
];
const WRITABLE: Fields = {
  ...USER_FIELDS,
  accountEnabled: "boolean",
  passwordProfile: {
    forceChangePasswordNextSignIn: "boolean",
    forceChangePasswordNextSignInWithMfa: "boolean",
    password: "string",
  },
  userPrincipalName: "string",
};

export function createUser(call: Call): Answer {
  const { context, secrets } = call;
  const { world } = context;
  const { "@odata.type": _, ...body } = call.body;
  for (const property of REQUIRED) {
    if ((body[property] ?? "") === "") {
      throw new GraphRefusal(replies.missingValue(call.trace(), property, RESOURCE));
    }
  }
  const password = check(call, body);
  if (password === undefined) throw new GraphRefusal(weakPassword(call.trace()));
  const user: User = {
    id: newGuid(world),
    userPrincipalName: String(body.userPrincipalName),
    accountEnabled: body.accountEnabled === true,
    licenses: [],
    manager: null,
    properties: {
      ...merge(newProperties(), body, USER_FIELDS),
      createdDateTime: graphTime(context.clock.now()),
    },
  };
  secrets.userPasswords[user.id] = password;
  world.directory.users.push(user);
  context.changed();
  const kind = { segment: "users", type: "user" };
  return one(call, kind, presentUser(user), { status: 201, shown: SHOWN });
}

/** Resetting a password takes an app role of its own ("Update user", Graph v1.0). */
export function updateUser(call: Call, user: User): Answer {
  const { "@odata.type": _, ...body } = call.body;
  for (const property of REQUIRED) {
    if (property in body && (body[property] ?? "") === "") {
      throw new GraphRefusal(replies.badValue(call.trace(), property, RESOURCE));
    }
  }
  const password = check(call, body, user);
  if (
    "passwordProfile" in body &&
    !call.claims.roles.includes("User-PasswordProfile.ReadWrite.All")
  ) {
    throw new GraphRefusal(replies.forbidden(call.trace()));
  }
  const { accountEnabled = user.accountEnabled, userPrincipalName = user.userPrincipalName } = body;
  user.accountEnabled = accountEnabled === true;
  user.userPrincipalName = String(userPrincipalName);
  user.properties = merge(user.properties, body, USER_FIELDS);
  if (password !== undefined) call.secrets.userPasswords[user.id] = password;
  syncMailbox(user, call.context);
  call.context.changed();
  return replies.done();
}

/** A user gives its licences back, and its mailbox goes. */
export function deleteUser(call: Call, user: User): Answer {
  const { world } = call.context;
  dropMailbox(user, world);
  for (const sku of world.tenant.skus) {
    if (user.licenses.includes(sku.skuId)) sku.consumed -= 1;
  }
  world.directory.users = world.directory.users.filter((held) => held !== user);
  for (const other of world.directory.users) {
    if (other.manager === user.id) other.manager = null;
  }
  call.context.changed();
  return replies.done();
}

/** Checks what a body sets; answers the password, if it has one. */
function check(call: Call, body: Record<string, unknown>, own?: User): string | undefined {
  checkBody(call, body, WRITABLE, RESOURCE);
  const { userPrincipalName, passwordProfile } = body;
  if (typeof userPrincipalName === "string") checkPrincipalName(call, userPrincipalName, own);
  const { password } = { ...(passwordProfile as { password?: string } | undefined) };
  if (password !== undefined && !isStrong(password)) {
    throw new GraphRefusal(weakPassword(call.trace()));
  }
  return password;
}

function checkPrincipalName({ context, trace }: Call, name: string, own?: User): void {
  const { tenant, directory, mailboxes } = context.world;
  const [local = "", domain = "", ...rest] = name.toLowerCase().split("@");
  if (!/^[a-z0-9'._!#^~-]{1,64}$/.test(local) || rest.length > 0) {
    throw new GraphRefusal(badPrincipalName(trace()));
  }
  if (!tenant.domains.some(({ id, isVerified }) => isVerified && id === domain)) {
    throw new GraphRefusal(foreignDomain(trace()));
  }
  const isTaken = directory.users.some(
    (held) => held !== own && held.userPrincipalName.toLowerCase() === name.toLowerCase(),
  );
  if (isTaken) throw new GraphRefusal(replies.objectConflict(trace(), "userPrincipalName"));
  const isAddress = mailboxes.some(
    (held) =>
      held.externalDirectoryObjectId !== own?.id &&
      held.emailAddresses.some((address) => address.toLowerCase() === `smtp:${name.toLowerCase()}`),
  );
  if (isAddress) throw new GraphRefusal(replies.objectConflict(trace(), "proxyAddresses"));
}

/** 8 to 256 characters of three kinds out of four ("Password policies", Learn). */
function isStrong(password: unknown): password is string {
  if (typeof password !== "string" || password.length < 8 || password.length > 256) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/];
  return kinds.filter((kind) => kind.test(password)).length >= 3;
}
