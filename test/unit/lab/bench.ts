import { makeClock } from "../../../lab/clock.ts";
import type { Context } from "../../../lab/context.ts";
import { buildEntra } from "../../../lab/entra/app.ts";
import { makeTokens } from "../../../lab/entra/tokens.ts";
import { buildExchange } from "../../../lab/exchange/app.ts";
import { makeFaults } from "../../../lab/faults.ts";
import { buildGraph } from "../../../lab/graph/app.ts";
import { makeLog } from "../../../lab/log.ts";
import { makeWorld } from "../../../lab/world/make.ts";
import { makeSecrets, type Secrets } from "../../../lab/world/secrets.ts";

export const ORIGIN = "https://localhost:8443";
export const EXCHANGE_SCOPE = "https://outlook.office365.com/.default";

/** Made once: keys cost time and say nothing about a world. */
const commonSecrets = makeSecrets("bench");

/** The HTTPS services on a fresh world, without ports. */
export async function makeBench(seed = "bench") {
  const world = makeWorld(seed);
  const secrets = await commonSecrets;
  const clock = makeClock();
  const context: Context = {
    world,
    clock,
    log: makeLog(clock),
    faults: makeFaults(world, () => {}),
    changed: () => {},
  };
  const tokens = makeTokens(context, secrets);
  await tokens.keys();
  const entra = buildEntra({ context, secrets, tokens, origin: ORIGIN });
  const graph = buildGraph({ context, tokens, origin: ORIGIN });
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
  return { ...context, context, secrets, tokens, entra, graph, exchange, requestToken, tokenFor };
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
