import { CLOUDS, type Environment } from "../mail/clouds.ts";

/** Where the services of one cloud answer. All are origins without a slash at the end. */
export interface Cloud {
  /** Microsoft Entra's sign-in service. */
  readonly login: string;
  /** The audience of an outside token that Entra takes in place of a credential; a URI. */
  readonly federationAudience: string;
  /** Microsoft Graph, without the version. */
  readonly graph: string;
  /** Exchange Online's admin API, for every tenant that has no endpoint of its own. */
  readonly exchangeAdmin: string;
  /** Hosts, at and beneath which the admin API may answer; names. */
  readonly exchangeHosts: readonly string[];
  /** The resource that tokens for the admin API, and for sending mail, are asked for. */
  readonly exchangeResource: string;
  /** Host of client submission, port 587; a name. */
  readonly submissionHost: string;
  /** Whether sign-in trusts `login` without asking the public instance-discovery service. */
  readonly ownAuthority: boolean;
}

function microsoftCloud(environment: Environment): Cloud {
  const { login, graph, federationAudience, submission, ...hosts } = CLOUDS[environment];
  const { exchange, alsoExchange = [] } = hosts;
  return {
    login: `https://${login}`,
    federationAudience,
    graph: `https://${graph}`,
    exchangeAdmin: `https://${exchange}`,
    exchangeHosts: [exchange, ...alsoExchange],
    exchangeResource: `https://${exchange}`,
    submissionHost: submission,
    ownAuthority: false,
  };
}

/**
 * Finds the hosts of a cloud. A cloud that is not Microsoft's own is described as the azuread provider wants it, by
 * `ARM_METADATA_HOSTNAME`; its Exchange admin API has to be at the origin that signs in, so that a token never goes
 * to anybody but the one who issued it.
 *
 * @param env the process's environment
 * @throws Error that names `ARM_METADATA_HOSTNAME` when the metadata can't be read
 */
export async function findCloud(
  environment: Environment,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Cloud> {
  const host = env.ARM_METADATA_HOSTNAME;
  const cloud = microsoftCloud(environment);
  if (host === undefined || host === "") return cloud;
  const url = `https://${host}/metadata/endpoints?api-version=2022-09-01`;
  const { login, graph } = await readMetadata(url);
  if (Object.values(CLOUDS).some((known) => `https://${known.login}` === login)) return cloud;
  const exchangeHosts = [new URL(login).hostname];
  return { ...cloud, login, graph, exchangeAdmin: login, exchangeHosts, ownAuthority: true };
}

const LONGEST_CALL = 30_000;

async function readMetadata(url: string): Promise<{ login: string; graph: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(LONGEST_CALL) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const metadata = (await response.json()) as {
      authentication?: { loginEndpoint?: string };
      microsoftGraphResourceId?: string;
    };
    return {
      login: httpsOrigin(metadata.authentication?.loginEndpoint),
      graph: httpsOrigin(metadata.microsoftGraphResourceId),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `ARM_METADATA_HOSTNAME: no cloud metadata at ${url} (${why}); ` +
        "unset it for Microsoft's own clouds, or name a host that answers there",
      { cause },
    );
  }
}

function httpsOrigin(url: string | undefined): string {
  const { protocol, origin } = new URL(url ?? "");
  if (protocol !== "https:") throw new Error(`"${url}" is not https`);
  return origin;
}
