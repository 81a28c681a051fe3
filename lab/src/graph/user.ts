import type { User as GraphUser } from "@microsoft/microsoft-graph-types";
import type { Hono } from "hono";
import { newGuid } from "../context.ts";
import { isPerson } from "../entra/tokens.ts";
import { licensesOf, type User } from "../world/directory.ts";
import { answerDone, answerOne, answerValue, type Entity } from "./answers.ts";
import { addEntitySet, type EntitySet } from "./entitySet.ts";
import type { Answer } from "./errors.ts";
import { type Call, type Guard, holdsAny, type Rule } from "./guard.ts";
import { addLicenseRoutes } from "./license.ts";
import {
  checkBody,
  entityOf,
  newProperties,
  type ResourceType,
  withChanges,
} from "./properties.ts";
import { graphTime } from "./time.ts";
import { deleteUser, syncMailbox } from "./userMailbox.ts";

/** The Graph v1.0 resource type `user`. */
const USER: ResourceType<GraphUser> = {
  name: "User",
  writable: {
    ageGroup: "string",
    businessPhones: ["string"],
    city: "string",
    companyName: "string",
    consentProvidedForMinor: "string",
    country: "string",
    department: "string",
    displayName: "string",
    employeeHireDate: "string",
    employeeId: "string",
    employeeOrgData: { costCenter: "string", division: "string" },
    employeeType: "string",
    faxNumber: "string",
    givenName: "string",
    jobTitle: "string",
    mail: "string",
    mailNickname: "string",
    mobilePhone: "string",
    officeLocation: "string",
    onPremisesImmutableId: "string",
    otherMails: ["string"],
    passwordPolicies: "string",
    postalCode: "string",
    preferredLanguage: "string",
    showInAddressList: "boolean",
    state: "string",
    streetAddress: "string",
    surname: "string",
    usageLocation: "string",
  },
  defaults: { employeeOrgData: null, userType: "Member" },
  constants: { creationType: null, externalUserState: null, onPremisesSyncEnabled: null },
};

/** The world keeps these apart from the other properties, as sign-ins ask for them. */
const WRITABLE = {
  ...USER.writable,
  accountEnabled: "boolean",
  passwordProfile: {
    forceChangePasswordNextSignIn: "boolean",
    forceChangePasswordNextSignInWithMfa: "boolean",
    password: "string",
  },
  userPrincipalName: "string",
} as const;

const REQUIRED = [
  "accountEnabled",
  "displayName",
  "mailNickname",
  "passwordProfile",
  "userPrincipalName",
];

/** Permissions of the routes' pages, without those for agents and devices. */
const WRITERS = ["User.ReadWrite.All", "Directory.ReadWrite.All"];
const READERS = [...WRITERS, "User.Read.All", "Directory.Read.All"];
const REMOVERS = ["User.ReadWrite.All", "User.DeleteRestore.All"];
/** Permissions that let a caller change one property, by its name ("Update user", Graph v1.0). */
const PROPERTY_WRITERS = {
  accountEnabled: "User.EnableDisableAccount.All",
  passwordProfile: "User-PasswordProfile.ReadWrite.All",
};
const UPDATERS = [...WRITERS, ...Object.values(PROPERTY_WRITERS)];
/** Of an app no higher permission is enough ("user: revokeSignInSessions", Graph v1.0). */
const SESSION_ENDERS: Rule = {
  roles: ["User.RevokeSessions.All"],
  scopes: ["User.RevokeSessions.All", ...WRITERS],
  people: ["User Administrator"],
};

export const USERS: EntitySet<User> = {
  segment: "users",
  type: "user",
  defaultSelect: [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
  ],
  readers: READERS,
  writers: WRITERS,
  updaters: UPDATERS,
  removers: REMOVERS,
  people: ["User Administrator"],
  filters: ["userPrincipalName", "displayName", "mail"],
  items: ({ directory }) => directory.users,
  keysOf: ({ id, userPrincipalName }) => [id, userPrincipalName.toLowerCase()],
  entityOf: userEntity,
  create,
  update,
  remove: ({ context }, user) => deleteUser(user, context),
};

/** No application permission opens it. */
const ME: Rule = {
  roles: [],
  scopes: ["User.Read", ...READERS],
  options: ["$select"],
  denied: (claims) => (isPerson(claims) ? "graph.forbidden" : "graph.nobody-signed-in"),
};

/** Adds the users: themselves, their managers and licences. */
export function addUserRoutes(app: Hono, guard: Guard): void {
  const member = addEntitySet(app, guard, USERS);
  app.patch(
    "/beta/users/:id",
    member({ roles: UPDATERS, people: ["User Administrator"] }, (call, user) => {
      update(call, user);
      return answerDone(call);
    }),
  );
  app.get("/v1.0/me", (c) =>
    guard(c, ME, (call) => {
      const user = call.context.world.directory.users.find(({ id }) => id === call.claims.oid);
      if (user === undefined) throw call.refusal("graph.not-found", { id: call.claims.oid });
      return answerOne(call, USERS, userEntity(user));
    }),
  );
  app.get("/v1.0/users/:id/manager", member(READERS, getManager));
  app.post("/v1.0/users/:id/revokeSignInSessions", member(SESSION_ENDERS, revokeSignInSessions));
  addLicenseRoutes(app, USERS, member);
}

/** Ends the sessions of a user. Apps' tokens and basic authentication have none, so nothing else of the lab looks at it. */
function revokeSignInSessions(call: Call, user: User): Answer {
  user.sessionsValidFrom = graphTime(call.context.clock.now());
  call.context.changed();
  return answerValue(call, "Edm.Boolean", true);
}

/** Everything that can be selected of a user. */
function userEntity(user: User): Entity {
  const { accountEnabled, id, licenses, groupLicenses = [], userPrincipalName } = user;
  const { disabledPlans = {} } = user;
  const state = (assignedByGroup: string | null) => (skuId: string) => ({
    ...{ skuId, assignedByGroup, state: "Active", error: "None" },
    disabledPlans: disabledPlans[skuId] ?? [],
    lastUpdatedDateTime: String(user.properties.createdDateTime),
  });
  return entityOf(USER, user.properties, {
    id,
    accountEnabled,
    assignedLicenses: licensesOf(user).map((skuId) => ({
      disabledPlans: disabledPlans[skuId] ?? [],
      skuId,
    })),
    licenseAssignmentStates: [...licenses.map(state(null)), ...groupLicenses.map(state(GROUP))],
    userPrincipalName,
  });
}

/** Object id of the group that licences are inherited from. */
const GROUP = "6f1d9b1e-2c3a-4d58-9e70-1b2a3c4d5e6f";

function create(call: Call): User {
  const { context, refusal, secrets } = call;
  const { "@odata.type": _, ...body } = call.body;
  for (const property of REQUIRED) {
    if (isEmpty(body[property])) {
      throw refusal("graph.missing-value", { property, resource: USER.name });
    }
  }
  const password = check(call, body);
  if (password === undefined) throw refusal("graph.weak-password");
  const id = newGuid(context.world);
  secrets.userPasswords[id] = password;
  return {
    id,
    userPrincipalName: String(body.userPrincipalName),
    accountEnabled: body.accountEnabled === true,
    licenses: [],
    manager: null,
    properties: {
      ...withChanges(USER, newProperties(USER), body),
      createdDateTime: graphTime(context.clock.now()),
    },
  };
}

/** A new password needs a permission of its own, beside those that let a caller change everything else. */
function update(call: Call, user: User): void {
  const { "@odata.type": _, ...body } = call.body;
  for (const property of REQUIRED) {
    if (property in body && isEmpty(body[property])) {
      throw call.refusal("graph.bad-value", { property, resource: USER.name });
    }
  }
  const password = check(call, body, user);
  if (!Object.keys(body).every((property) => mayUpdate(call, property))) {
    throw call.refusal("graph.forbidden");
  }
  const { accountEnabled = user.accountEnabled, userPrincipalName = user.userPrincipalName } = body;
  user.accountEnabled = accountEnabled === true;
  user.userPrincipalName = String(userPrincipalName);
  user.properties = withChanges(USER, user.properties, body);
  if (password !== undefined) call.secrets.userPasswords[user.id] = password;
  syncMailbox(user, call.context);
}

function mayUpdate(call: Call, property: string): boolean {
  if (property === "passwordProfile") return holdsAny(call, [PROPERTY_WRITERS.passwordProfile]);
  const own = property === "accountEnabled" ? [PROPERTY_WRITERS.accountEnabled] : [];
  return holdsAny(call, [...WRITERS, ...own]);
}

function getManager(call: Call, { manager }: User): Answer {
  const user = call.context.world.directory.users.find(({ id }) => id === manager);
  if (user === undefined) throw call.refusal("graph.not-found", { id: "manager" });
  return answerOne(call, { ...USERS, segment: "directoryObjects" }, userEntity(user));
}

/** Checks the properties of a body; answers the password, if it has one. */
function check(call: Call, body: Entity, own?: User): string | undefined {
  checkBody(call, body, WRITABLE, USER.name);
  const { userPrincipalName, passwordProfile } = body;
  if (typeof userPrincipalName === "string") checkPrincipalName(call, userPrincipalName, own);
  const { password } = { ...(passwordProfile as { password?: string } | undefined) };
  if (password !== undefined && !isStrong(password)) throw call.refusal("graph.weak-password");
  return password;
}

function checkPrincipalName({ context, refusal }: Call, name: string, own?: User): void {
  const { tenant, directory, mailboxes } = context.world;
  const [local = "", domain = "", ...rest] = name.toLowerCase().split("@");
  if (!/^[a-z0-9'._!#^~-]{1,64}$/.test(local) || rest.length > 0) {
    throw refusal("graph.bad-principal-name");
  }
  if (!tenant.domains.some(({ id, isVerified }) => isVerified && id === domain)) {
    throw refusal("graph.foreign-domain");
  }
  const isTaken = directory.users.some(
    (one) => one !== own && one.userPrincipalName.toLowerCase() === name.toLowerCase(),
  );
  if (isTaken) throw refusal("graph.object-conflict", { property: "userPrincipalName" });
  const isAddress = mailboxes.some(
    ({ externalDirectoryObjectId, emailAddresses }) =>
      externalDirectoryObjectId !== own?.id &&
      emailAddresses.some((address) => address.toLowerCase() === `smtp:${name.toLowerCase()}`),
  );
  if (isAddress) throw refusal("graph.object-conflict", { property: "proxyAddresses" });
}

const isEmpty = (value: unknown): boolean => (value ?? "") === "";

/** 8 to 256 characters of three kinds out of four ("Password policies", Learn). */
function isStrong(password: unknown): password is string {
  if (typeof password !== "string" || password.length < 8 || password.length > 256) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/];
  return kinds.filter((kind) => kind.test(password)).length >= 3;
}
