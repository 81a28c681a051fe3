import { type Bench, makeBench, ORIGIN } from "./bench.ts";

/** What Graph answered, its error taken apart. */
export interface GraphAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever Graph sent
  body: any;
  code: string;
  message: string;
}

/** A bench with a client of Graph that has the deployer's token. */
export async function makeGraphBench(seed?: string) {
  const bench = await makeBench(seed);
  let token = await bench.tokenFor(`${ORIGIN}/.default`);
  const ask = async (method: string, path: string, body?: object): Promise<GraphAnswer> => {
    const response = await bench.graph.request(path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === "" ? {} : JSON.parse(text);
    const { code = "", message = "" } = parsed.error ?? {};
    return { status: response.status, body: parsed, code, message };
  };
  return {
    ...bench,
    ask,
    /** Goes on with a token that has these app roles on Graph. */
    async use(roles: string[]): Promise<void> {
      bench.world.deployer.appRoles.graph = roles;
      token = await bench.tokenFor(`${ORIGIN}/.default`);
    },
    /** Goes on with any other token. */
    useToken(other: string): void {
      token = other;
    },
    /** Everything that a refused request must leave as it is. */
    state: () =>
      structuredClone({
        directory: bench.world.directory,
        mailboxes: bench.world.mailboxes,
        skus: bench.world.tenant.skus,
      }),
  };
}

export type GraphBench = Awaited<ReturnType<typeof makeGraphBench>>;

/** An app registration with its service principal. */
export interface MadeApp {
  id: string;
  appId: string;
  principalId: string;
}

/** Makes an app registration with its service principal. */
export async function makeApp({ ask }: GraphBench, displayName = "relay"): Promise<MadeApp> {
  const { id, appId } = (await ask("POST", "/v1.0/applications", { displayName })).body;
  const principal = await ask("POST", "/v1.0/servicePrincipals", { appId });
  return { id, appId, principalId: principal.body.id };
}

/** Object id of a Microsoft service principal and the id of one of its app roles. */
export function appRoleOf({ world }: Bench, appId: string, value: string) {
  const resource = world.directory.servicePrincipals.find((held) => held.appId === appId);
  const role = resource?.appRoles.find((held) => held.value === value);
  return { resourceId: resource?.id ?? "", appRoleId: role?.id ?? "" };
}

/** base64 of a certificate in PEM, as the azuread plugin sends it. */
export const keyOf = (pem: string) => ({
  key: Buffer.from(pem).toString("base64"),
  type: "AsymmetricX509Cert",
  usage: "Verify",
});
