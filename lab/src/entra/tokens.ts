import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import {
  calculateJwkThumbprint,
  errors,
  exportJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
} from "jose";
import { type Context, newGuid } from "../context.ts";
import { makeRandom } from "../random.ts";
import type { User } from "../world/directory.ts";
import type { Secrets } from "../world/secrets.ts";

/** The claims of an access token that the lab's services look at: an app's own, or a person's. */
export interface Claims {
  aud: string;
  tid: string;
  appid: string;
  /** Object id of the service principal or the user. */
  oid: string;
  /** Application permissions, of an app's own token. */
  roles: string[];
  /** Delegated permissions, of a person's token. */
  scopes: string[];
  wids: string[];
  /** User principal name of the person. @default it is an app's own token */
  upn?: string;
}

/** Whether a token is a person's, and no app's own. */
export const isPerson = ({ upn }: Claims): boolean => upn !== undefined;

/** What came of looking at a bearer token. */
export type Verdict =
  | { claims: Claims & Pick<JWTPayload, "exp"> }
  | { problem: "expired" | "audience" | "invalid" };

/** An access token to issue. */
export interface TokenOrder {
  audience: string;
  /** Client id of the app, and object id of its service principal. */
  clientId: string;
  objectId: string;
  displayName: string;
  /** Values of the app roles that it holds on the resource. */
  roles: string[];
  /** Template ids of its Entra directory roles. */
  directoryRoles: string[];
  /** How the app proved itself: by secret (1) or by assertion (2). */
  appidacr: "1" | "2";
}

/** An access token to issue for a person, and the id token that goes with it. */
export interface UserTokenOrder {
  audience: string;
  /** The app by which the person signs in. */
  clientId: string;
  displayName: string;
  user: Pick<User, "id" | "userPrincipalName" | "properties">;
  /** Delegated permissions. */
  scopes: readonly string[];
  /** Template ids of the person's directory roles. */
  directoryRoles: readonly string[];
  idTokenIssuer: string;
}

/** Entra's signing key and what is done with it. */
export interface Tokens {
  /** Issues an access token for an app; `lifetime` is in seconds. */
  issue(order: TokenOrder): Promise<{ token: string; lifetime: number }>;
  /** Issues tokens for a person; `lifetime` is in seconds. */
  issueForUser(
    order: UserTokenOrder,
  ): Promise<{ token: string; idToken: string; lifetime: number }>;
  /** Looks at a token as a resource does that calls itself by one of `audiences`. */
  verify(token: string, audiences: string[]): Promise<Verdict>;
  /** The public key set. */
  keys(): Promise<{ keys: JWK[] }>;
}

/** Directory role that every app's token names. */
const EVERY_APP = "0997a1d0-0d1d-4acb-b408-d5ca73121e90";
/** Directory role that every person's token names. */
const EVERY_USER = "b79fbf4d-3ef9-4689-8143-76b194e85509";

const generate = promisify(generateKeyPair);

type AccessClaims = Claims & { scp?: string };

const UNSIGNED = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");

/** A token as one without a signature, of which only the claims are judged. */
const unsigned = (token: string): string => `${UNSIGNED}.${token.split(".")[1]}.`;

async function makeKey(): Promise<string> {
  const { privateKey } = await generate("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * Makes the token service. The RSA key is made in the background (or taken from the saved secrets),
 * so that a lab is ready without waiting for it.
 */
export function makeTokens(context: Context, secrets: Secrets): Tokens {
  const { world, clock } = context;
  const key: Promise<{ privateKey: KeyObject; publicKey: KeyObject; jwk: JWK }> = (async () => {
    if (secrets.tokenKey === null) {
      secrets.tokenKey = await makeKey();
      context.changed();
    }
    const privateKey = createPrivateKey(secrets.tokenKey);
    const publicKey = createPublicKey(privateKey);
    const jwk = await exportJWK(publicKey);
    return {
      privateKey,
      publicKey,
      jwk: { ...jwk, use: "sig", kid: await calculateJwkThumbprint(jwk) },
    };
  })();

  /** Tokens whose signature is right: to check it costs more than most requests, and each has a token. */
  const genuine = new Set<string>();

  const v1Issuer = `https://sts.windows.net/${world.tenant.id}/`;

  /** Signs a token that begins now, and counts it among the secrets. */
  async function sign(
    claims: JWTPayload & { iss: string; sub: string; aud: string },
    lifetime: number,
  ): Promise<string> {
    const { privateKey, jwk } = await key;
    const now = Math.floor(clock.now().getTime() / 1000);
    const token = await new SignJWT({ ...claims, tid: world.tenant.id })
      .setProtectedHeader({ typ: "JWT", alg: "RS256", kid: jwk.kid ?? "", x5t: jwk.kid ?? "" })
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + lifetime)
      .sign(privateKey);
    secrets.issuedTokens.push(token);
    context.changed();
    return token;
  }

  /** What every access token has, and how long it lives: Entra draws 60 to 90 minutes. */
  function access(audience: string, subject: string) {
    const uti = newGuid(world);
    const lifetime = makeRandom(uti).integer(3599, 5399);
    return { claims: { iss: v1Issuer, aud: audience, sub: subject, uti, ver: "1.0" }, lifetime };
  }

  return {
    async issue(order) {
      const { claims, lifetime } = access(order.audience, order.objectId);
      const token = await sign(
        {
          ...claims,
          appid: order.clientId,
          appidacr: order.appidacr,
          app_displayname: order.displayName,
          idp: v1Issuer,
          idtyp: "app",
          oid: order.objectId,
          ...(order.roles.length > 0 && { roles: order.roles }),
          wids: [...order.directoryRoles, EVERY_APP],
        },
        lifetime,
      );
      return { token, lifetime };
    },

    async issueForUser({ user, clientId, ...order }) {
      const { id, userPrincipalName: upn } = user;
      const { displayName } = user.properties;
      const { claims, lifetime } = access(order.audience, id);
      const token = await sign(
        {
          ...claims,
          amr: ["pwd", "mfa"],
          app_displayname: order.displayName,
          appid: clientId,
          appidacr: "0",
          idtyp: "user",
          name: displayName,
          oid: id,
          ...(order.scopes.length > 0 && { scp: order.scopes.join(" ") }),
          unique_name: upn,
          upn,
          wids: [...order.directoryRoles, EVERY_USER],
        },
        lifetime,
      );
      const about = { name: displayName, oid: id, preferred_username: upn, ver: "2.0" };
      const idToken = await sign(
        { iss: order.idTokenIssuer, aud: clientId, sub: id, ...about },
        lifetime,
      );
      return { token, idToken, lifetime };
    },

    async verify(token, audiences) {
      const { publicKey } = await key;
      const expected = { issuer: v1Issuer, audience: audiences, currentDate: clock.now() };
      try {
        const { payload } = genuine.has(token)
          ? UnsecuredJWT.decode<AccessClaims>(unsigned(token), expected)
          : await jwtVerify<AccessClaims>(token, publicKey, { ...expected, algorithms: ["RS256"] });
        genuine.add(token);
        const { roles = [], wids = [], scp } = payload;
        return { claims: { ...payload, roles, wids, scopes: scp?.split(" ") ?? [] } };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return { problem: "expired" };
        if (error instanceof errors.JWTClaimValidationFailed && error.claim === "aud") {
          return { problem: "audience" };
        }
        return { problem: "invalid" };
      }
    },

    keys: async () => ({ keys: [(await key).jwk] }),
  };
}
