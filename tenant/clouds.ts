/** The clouds by the azuread provider's own names. */
export type Environment = "global" | "usgovernmentl4" | "usgovernmentl5" | "china";

/** Where the services of one cloud answer. All are origins without a slash at the end. */
export interface Cloud {
  /** Microsoft Entra's sign-in service. */
  readonly login: string;
  /** Microsoft Graph, without the version. */
  readonly graph: string;
  /** Exchange Online's admin API. */
  readonly exchangeAdmin: string;
  /** The resource that tokens for the admin API are asked for. */
  readonly exchangeResource: string;
  /** Whether sign-in shall trust `login` without asking the public instance-discovery service. */
  readonly ownAuthority: boolean;
}

/**
 * Hosts of the national clouds.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
 * @see https://learn.microsoft.com/graph/deployments
 */
const CLOUDS: Readonly<Record<Environment, Cloud>> = {
  global: cloud("login.microsoftonline.com", "graph.microsoft.com", "outlook.office365.com"),
  usgovernmentl4: cloud("login.microsoftonline.us", "graph.microsoft.us", "outlook.office365.us"),
  usgovernmentl5: cloud(
    "login.microsoftonline.us",
    "dod-graph.microsoft.us",
    "outlook-dod.office365.us",
  ),
  china: cloud(
    "login.partner.microsoftonline.cn",
    "microsoftgraph.chinacloudapi.cn",
    "partner.outlook.cn",
  ),
};

function cloud(login: string, graph: string, exchange: string): Cloud {
  return {
    login: `https://${login}`,
    graph: `https://${graph}`,
    exchangeAdmin: `https://${exchange}`,
    exchangeResource: `https://${exchange}`,
    ownAuthority: false,
  };
}

/**
 * Finds the hosts of a cloud. A cloud that is not Microsoft's own is described as the azuread provider wants it,
 * by `ARM_METADATA_HOSTNAME`, and has to name its admin API in `EXCHANGE_ADMIN_API`: the second is heeded only
 * where sign-in is not Microsoft's, so that a token of the real Entra never goes to a host out of the environment.
 *
 * @param env the process's environment
 * @throws Error when the metadata can't be read, or `EXCHANGE_ADMIN_API` is missing beside it
 */
export async function findCloud(
  environment: Environment,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Cloud> {
  const metadataHost = env.ARM_METADATA_HOSTNAME;
  if (metadataHost === undefined || metadataHost === "") return CLOUDS[environment];
  const url = `https://${metadataHost}/metadata/endpoints?api-version=2022-09-01`;
  const response = await fetch(url).catch((cause: unknown) => {
    throw new Error(`ARM_METADATA_HOSTNAME: ${url} does not answer; is that host up?`, { cause });
  });
  if (!response.ok) throw new Error(`ARM_METADATA_HOSTNAME: ${url} answered ${response.status}`);
  const metadata = (await response.json()) as {
    authentication: { loginEndpoint: string };
    microsoftGraphResourceId: string;
  };
  const login = origin(metadata.authentication.loginEndpoint);
  if (Object.values(CLOUDS).some((cloud) => cloud.login === login)) return CLOUDS[environment];
  const admin = env.EXCHANGE_ADMIN_API;
  if (admin === undefined || admin === "") {
    throw new Error(
      "EXCHANGE_ADMIN_API is missing: ARM_METADATA_HOSTNAME names a cloud of your own; " +
        "set EXCHANGE_ADMIN_API to the origin of its Exchange admin API as well",
    );
  }
  return {
    login,
    graph: origin(metadata.microsoftGraphResourceId),
    exchangeAdmin: origin(admin),
    exchangeResource: CLOUDS[environment].exchangeResource,
    ownAuthority: true,
  };
}

const origin = (url: string): string => new URL(url).origin;
