import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { calculateJwkThumbprint, errors, exportJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { type Context, newGuid } from "../context.ts";
import { makeRandom } from "../random.ts";
import type { Secrets } from "../world/secrets.ts";

/** The claims of an app-only access token that the lab's services look at. */
export interface AppClaims {
  aud: string;
  tid: string;
  appid: string;
  oid: string;
  roles: string[];
  wids: string[];
}

/** What came of looking at a bearer token. */
export type Verdict = { claims: AppClaims } | { problem: "expired" | "audience" | "invalid" };

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

/** Entra's signing key and what is done with it. */
export interface Tokens {
  /** Issues an access token for an app; `lifetime` is in seconds. */
  issue(order: TokenOrder): Promise<{ token: string; lifetime: number }>;
  /** Looks at a token as a resource does that calls itself by one of `audiences`. */
  verify(token: string, audiences: string[]): Promise<Verdict>;
  /** The public key set. */
  keys(): Promise<{ keys: JWK[] }>;
}

/** Directory role that every principal's token names. */
const EVERYBODY = "0997a1d0-0d1d-4acb-b408-d5ca73121e90";

const generate = promisify(generateKeyPair);

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

  return {
    async issue(order) {
      const { privateKey, jwk } = await key;
      const { tenant } = world;
      const uti = newGuid(world);
      const lifetime = makeRandom(uti).integer(3599, 5399);
      const now = Math.floor(clock.now().getTime() / 1000);
      const issuer = `https://sts.windows.net/${tenant.id}/`;
      const token = await new SignJWT({
        appid: order.clientId,
        appidacr: order.appidacr,
        app_displayname: order.displayName,
        idp: issuer,
        idtyp: "app",
        oid: order.objectId,
        ...(order.roles.length > 0 && { roles: order.roles }),
        tid: tenant.id,
        uti,
        ver: "1.0",
        wids: [...order.directoryRoles, EVERYBODY],
      })
        .setProtectedHeader({ typ: "JWT", alg: "RS256", kid: jwk.kid ?? "", x5t: jwk.kid ?? "" })
        .setIssuer(issuer)
        .setSubject(order.objectId)
        .setAudience(order.audience)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + lifetime)
        .sign(privateKey);
      secrets.issuedTokens.push(token);
      context.changed();
      return { token, lifetime };
    },

    async verify(token, audiences) {
      const { publicKey } = await key;
      try {
        const { payload } = await jwtVerify<AppClaims>(token, publicKey, {
          algorithms: ["RS256"],
          issuer: `https://sts.windows.net/${world.tenant.id}/`,
          audience: audiences,
          currentDate: clock.now(),
        });
        return { claims: { ...payload, roles: payload.roles ?? [], wids: payload.wids ?? [] } };
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
