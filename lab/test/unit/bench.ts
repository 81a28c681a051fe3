import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { makeClock } from "../../src/clock.ts";
import type { Context } from "../../src/context.ts";
import { buildEntra } from "../../src/entra/app.ts";
import { makeSignIns } from "../../src/entra/signIns.ts";
import { makeTokens } from "../../src/entra/tokens.ts";
import { buildExchange } from "../../src/exchange/adminApi.ts";
import { makeDkimKeys } from "../../src/exchange/dkimKeys.ts";
import { makeFaults } from "../../src/faults.ts";
import { buildGraph } from "../../src/graph/app.ts";
import { makeLog } from "../../src/log.ts";
import { makeWorld } from "../../src/world/make.ts";
import { makeSecrets, type Secrets } from "../../src/world/secrets.ts";

const generate = promisify(generateKeyPair);

export const ORIGIN = "https://localhost:8443";
export const EXCHANGE_SCOPE = "https://outlook.office365.com/.default";

/** A connector that New-InboundConnector takes. */
export const RELAY = {
  Name: "relay",
  SenderDomains: ["*"],
  ConnectorType: "OnPremises",
  SenderIPAddresses: ["192.0.2.9"],
};

/** Made once: keys cost time and say nothing about a world. */
const commonSecrets = makeSecrets("bench");

const rsaKeys = new Map<number, Promise<string>>();

/** One real RSA key a size for all benches. */
function sameKey(bits: number): Promise<string> {
  const key = rsaKeys.get(bits) ?? makeRsaKey(bits);
  rsaKeys.set(bits, key);
  return key;
}

async function makeRsaKey(bits: number): Promise<string> {
  const { privateKey } = await generate("rsa", { modulusLength: bits });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** The HTTPS services on a fresh world, without ports. */
export async function makeBench(seed = "bench") {
  const world = makeWorld(seed);
  Object.assign(world.settings, { replicationMs: {}, mailboxName: "as given" });
  const secrets = await commonSecrets;
  const clock = makeClock();
  const context: Context = {
    world,
    clock,
    log: makeLog(clock),
    faults: makeFaults(world, () => {}),
    dkimKeys: makeDkimKeys({ dkimKeys: {} }, () => {}, sameKey),
    userPasswords: secrets.userPasswords,
    changed: () => {},
  };
  const tokens = makeTokens(context, secrets);
  await tokens.keys();
  const signIns = makeSignIns(context, { secrets, tokens, origin: ORIGIN });
  const entra = buildEntra({ context, secrets, tokens, signIns, origin: ORIGIN });
  const graph = buildGraph({ context, secrets, tokens, origin: ORIGIN });
  const exchange = buildExchange({ context, tokens });

  async function requestToken(form: Record<string, string>, tenant = world.tenant.id) {
    const path = `/${tenant}/oauth2/v2.0/token`;
    const body = new URLSearchParams(form).toString();
    return entra.request(path, { method: "POST", body });
  }
  async function tokenFor(scope: string): Promise<string> {
    const response = await requestToken(goodForm(world.deployer.clientId, secrets, scope));
    const { access_token: token } = (await response.json()) as { access_token: string };
    return token;
  }
  const services = { tokens, signIns, entra, graph, exchange };
  return { ...context, context, secrets, ...services, requestToken, tokenFor };
}

export type Bench = Awaited<ReturnType<typeof makeBench>>;

/** A token request that Entra grants. */
export function goodForm(
  clientId: string,
  secrets: Pick<Secrets, "clientSecret">,
  scope: string,
): Record<string, string> {
  return {
    client_id: clientId,
    client_secret: secrets.clientSecret,
    grant_type: "client_credentials",
    scope,
  };
}

/** What the admin API answered, its error taken apart. */
export interface Reply {
  status: number;
  headers: Headers;
  value: Record<string, unknown>[];
  warnings: string[];
  /** details[0].message of an error. */
  text: string;
  code: string;
  body: ReplyBody;
}

export interface ReplyBody {
  value?: Record<string, unknown>[];
  "@odata.nextLink"?: string;
  "@adminapi.warnings"?: string[];
  "@adminapi.confirmationmessage"?: string;
  error?: {
    code: string;
    message: string;
    details?: { code: string; message: string }[];
    innererror?: { type: string; internalexception: { message: string; type: string } };
  };
}

/** Tokens of fresh worlds by seed: the same app signs in to each world of a seed. */
const tokens = new Map<string, string>();

/** Exchange's admin API on a fresh world, with a client of the deployer's app. */
export async function makeExchangeBench(seed?: string) {
  const bench = await makeBench(seed);
  const { world } = bench;
  world.settings.errorText = "pipes";
  world.settings.emptyOutcome = "value";
  world.settings.absentObject = "not found";
  const drawn = tokens.get(world.seed) ?? (await bench.tokenFor(EXCHANGE_SCOPE));
  tokens.set(world.seed, drawn);
  let token = drawn;

  /** Posts a body as the product does; `url` may be a link of an earlier answer. */
  async function post(
    body: unknown,
    extra: Record<string, string> = {},
    url = `/adminapi/beta/${world.tenant.id}/InvokeCommand`,
  ): Promise<Response> {
    return bench.exchange.request(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json; charset=utf-8",
        "x-anchormailbox": `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${world.tenant.id}`,
        ...extra,
      },
      body: JSON.stringify(body),
    });
  }
  async function invoke(name: string, parameters: object = {}): Promise<Reply> {
    return read(await post(command(name, parameters)));
  }
  return {
    ...bench,
    post,
    invoke,
    /** The connectors as they are, to compare with later. */
    state: () => structuredClone(world.connectors),
    /** Uses another token from now on: a new one of the app, or the given one. */
    async renewToken(other?: string): Promise<void> {
      token = other ?? (await bench.tokenFor(EXCHANGE_SCOPE));
    },
  };
}

export type ExchangeBench = Awaited<ReturnType<typeof makeExchangeBench>>;

/** The body of InvokeCommand. */
export const command = (CmdletName: string, Parameters: object = {}) => ({
  CmdletInput: { CmdletName, Parameters },
});

async function read(response: Response): Promise<Reply> {
  const body = (await response.json()) as ReplyBody;
  return {
    status: response.status,
    headers: response.headers,
    value: body.value ?? [],
    warnings: body["@adminapi.warnings"] ?? [],
    text: body.error?.details?.[0]?.message ?? "",
    code: body.error?.code ?? "",
    body,
  };
}
