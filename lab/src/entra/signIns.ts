import type { Context } from "../context.ts";
import { makeRandom } from "../random.ts";
import { buildReply, type Sourced, withSource } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { User } from "../world/directory.ts";
import { holdsDirectoryRole } from "../world/directoryRoles.ts";
import type { Secrets } from "../world/secrets.ts";
import { directoryRolesOf } from "./clients.ts";
import { entraError, type Trace } from "./envelope.ts";
import { everybodyMayConsent, type PublicClient } from "./publicClients.ts";
import type { Tokens } from "./tokens.ts";

/** 15 minutes and 5 seconds, as Learn says and public answers have it. */
const LIFETIME_S = 900;
const INTERVAL_S = 5;

/** What a person is asked for on another device. */
interface DeviceCode {
  userCode: string;
  order: SignInOrder;
  expiresAt: Date;
  state: "pending" | "declined" | "used" | { user: User };
}

/** What a client asks for a person. */
export interface SignInOrder {
  client: PublicClient;
  /** The resource, by the name that the request used. */
  audience: string;
  /** Delegated permissions; none asks for those that there is a consent for. */
  scopes: readonly string[];
  /** Scopes of OpenID Connect: `openid`, `profile`, `offline_access`. */
  openId: readonly string[];
}

/** A refresh token's rights: any resource of its client, for one person. */
interface Refreshable {
  clientId: string;
  userId: string;
}

/** People who sign in: device codes that wait, and refresh tokens. Both end with the lab's process. */
export interface SignIns {
  /** Asks for a person (RFC 8628 section 3.2). */
  begin(order: SignInOrder): Sourced<HttpReply>;
  /** Answers a poll of the device code grant. */
  redeem(deviceCode: string, clientId: string, trace: Trace): Promise<Sourced<HttpReply>>;
  /** Answers the refresh token grant. */
  refresh(refreshToken: string, order: SignInOrder, trace: Trace): Promise<Sourced<HttpReply>>;
  /**
   * A person enters a code, signs in, and consents to what is asked for.
   *
   * @param who user principal name
   * @throws Error with what the page says to a person who may not, or of a code that is not good
   */
  approve(userCode: string, who: string): void;
  /** A person enters a code and says no. @throws Error as `approve` */
  decline(userCode: string): void;
  /** An access token for a person, as after a sign-in with consent. */
  tokenFor(who: string, order: SignInOrder): Promise<string>;
}

/** Whose consent counts for permissions that not everybody may consent to ("User and admin consent", Learn). */
const CONSENTERS = [
  "Application Administrator",
  "Cloud Application Administrator",
  "Privileged Role Administrator",
] as const;

/** Makes the list of people's sign-ins. `origin` is where the lab's Entra stands. */
export function makeSignIns(
  context: Context,
  { secrets, tokens, origin }: { secrets: Secrets; tokens: Tokens; origin: string },
): SignIns {
  const { world, clock } = context;
  const codes = new Map<string, DeviceCode>();
  const refreshable = new Map<string, Refreshable>();
  let drawn = 0;

  /** A secret text of this lab: it is among those that a search for leaks looks for. */
  const drawSecret = (length: number): string => {
    drawn += 1;
    const text = makeRandom(`${world.seed}/sign-in/${clock.now().getTime()}/${drawn}`).hex(length);
    secrets.issuedTokens.push(text);
    return text;
  };

  function waiting(userCode: string): DeviceCode {
    const wanted = userCode.trim().toUpperCase();
    const found = [...codes.values()].find((one) => one.userCode === wanted);
    if (found === undefined || found.state !== "pending" || clock.now() >= found.expiresAt) {
      throw new Error(buildReply("entra.page-bad-code").text);
    }
    return found;
  }

  async function issue(user: User, order: SignInOrder): Promise<Sourced<HttpReply>> {
    const { client, openId } = order;
    const scopes = grantedScopes(client, user);
    const { token, idToken, lifetime } = await tokens.issueForUser({
      audience: order.audience,
      clientId: client.clientId,
      displayName: client.displayName,
      user,
      scopes,
      directoryRoles: directoryRolesOf(user.id, world, clock.now()),
      idTokenIssuer: `${origin}/${world.tenant.id}/v2.0`,
    });
    const refreshToken = `1.${drawSecret(80)}`;
    refreshable.set(refreshToken, { clientId: client.clientId, userId: user.id });
    const names = scopes.map((scope) => `${order.audience.replace(/\/$/, "")}/${scope}`);
    return withSource("entra.user-token", {
      status: 200,
      headers: { "cache-control": "no-store, no-cache", pragma: "no-cache" },
      body: {
        token_type: "Bearer",
        scope: [...names, ...openId.filter((scope) => scope !== "offline_access")].join(" "),
        expires_in: lifetime,
        ext_expires_in: lifetime,
        access_token: token,
        ...(openId.includes("offline_access") && { refresh_token: refreshToken }),
        ...(openId.includes("openid") && { id_token: idToken }),
        client_info: base64url({ uid: user.id, utid: world.tenant.id }),
      },
    });
  }

  const grantOf = ({ clientId }: PublicClient, user: User) =>
    world.directory.permissionGrants.find(
      (one) => one.clientId === clientId && one.principalId === user.id,
    );

  function grantedScopes(client: PublicClient, user: User): string[] {
    return [...new Set([...client.preauthorized, ...(grantOf(client, user)?.scopes ?? [])])];
  }

  /** @throws Error when an administrator has to consent, and this person is none */
  function consent({ client, scopes }: SignInOrder, user: User): void {
    const held = grantedScopes(client, user);
    const missing = scopes.filter((scope) => !held.includes(scope));
    const roles = directoryRolesOf(user.id, world, clock.now());
    if (!missing.every(everybodyMayConsent) && !holdsDirectoryRole(roles, CONSENTERS)) {
      throw new Error(buildReply("entra.page-admin-consent", { name: client.displayName }).text);
    }
    if (missing.length === 0) return;
    const grant = grantOf(client, user);
    if (grant) grant.scopes.push(...missing);
    else {
      const { clientId } = client;
      world.directory.permissionGrants.push({ clientId, principalId: user.id, scopes: missing });
    }
    context.changed();
  }

  function personOf(who: string): User {
    const wanted = who.trim().toLowerCase();
    const user = world.directory.users.find(
      ({ userPrincipalName }) => userPrincipalName.toLowerCase() === wanted,
    );
    if (user === undefined) throw new Error(buildReply("entra.page-unknown-user", { who }).text);
    if (!user.accountEnabled) throw new Error(buildReply("entra.page-disabled-user").text);
    return user;
  }

  return {
    begin(order) {
      const deviceCode = drawSecret(120);
      const userCode = drawUserCode(deviceCode);
      const expiresAt = new Date(clock.now().getTime() + LIFETIME_S * 1000);
      codes.set(deviceCode, { userCode, order, expiresAt, state: "pending" });
      const page = `${origin}/devicelogin`;
      const { text: message } = buildReply("entra.device-code", { page, code: userCode });
      return withSource("entra.device-code", {
        status: 200,
        headers: { "cache-control": "no-store, no-cache", pragma: "no-cache" },
        body: {
          user_code: userCode,
          device_code: deviceCode,
          verification_uri: page,
          expires_in: LIFETIME_S,
          interval: INTERVAL_S,
          message,
        },
      });
    },

    async redeem(deviceCode, clientId, trace) {
      const code = codes.get(deviceCode);
      if (code === undefined || code.order.client.clientId !== clientId.toLowerCase()) {
        return entraError("entra.unknown-device-code", trace);
      }
      const { state } = code;
      if (state === "used") return entraError("entra.used-device-code", trace);
      if (state === "declined") return entraError("entra.declined-device-code", trace);
      if (clock.now() >= code.expiresAt) return entraError("entra.expired-device-code", trace);
      if (state === "pending") return entraError("entra.pending-device-code", trace);
      if (!state.user.accountEnabled) return entraError("entra.disabled-user", trace);
      code.state = "used";
      return issue(state.user, code.order);
    },

    async refresh(refreshToken, order, trace) {
      const held = refreshable.get(refreshToken);
      if (held === undefined || held.clientId !== order.client.clientId) {
        return entraError("entra.malformed-grant", trace);
      }
      const user = world.directory.users.find(({ id }) => id === held.userId);
      if (user === undefined) {
        return entraError("entra.unknown-user", trace, { tenant: world.tenant.displayName });
      }
      if (!user.accountEnabled) return entraError("entra.disabled-user", trace);
      const granted = grantedScopes(order.client, user);
      if (!order.scopes.every((scope) => granted.includes(scope))) {
        const { clientId: app, displayName: name } = order.client;
        return entraError("entra.no-consent", trace, { app, name });
      }
      return issue(user, order);
    },

    approve(userCode, who) {
      const code = waiting(userCode);
      const user = personOf(who);
      if (world.settings.deviceCodeFlow === "blocked") {
        throw new Error(buildReply("entra.page-blocked").text);
      }
      consent(code.order, user);
      code.state = { user };
    },

    decline(userCode) {
      waiting(userCode).state = "declined";
    },

    async tokenFor(who, order) {
      const user = personOf(who);
      consent(order, user);
      const { body } = await issue(user, order);
      return (body as { access_token: string }).access_token;
    },
  };
}

/** Nine letters and digits, as people see them. */
function drawUserCode(deviceCode: string): string {
  const random = makeRandom(deviceCode);
  const letters = [..."ABCDEFGHJKLMNPQRSTUVWXYZ23456789"];
  return Array.from({ length: 9 }, () => random.pick(letters)).join("");
}

const base64url = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");
