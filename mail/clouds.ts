/** Microsoft's clouds, by the names that the azuread provider gives them. */
export const ENVIRONMENTS = ["global", "usgovernmentl4", "usgovernmentl5", "china"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** Names of one cloud's services. All are host names, without a scheme. */
export interface CloudHosts {
  /** Microsoft Entra's sign-in service. */
  readonly login: string;
  readonly graph: string;
  /** The audience of an outside token that Entra takes in place of a credential; a URI. */
  readonly federationAudience: string;
  /** Exchange Online: its admin API, and the resource that tokens for mail are requested for. */
  readonly exchange: string;
  /** Other hosts of Exchange Online's in this cloud, at or beneath which its admin API may answer. */
  readonly alsoExchange?: readonly string[];
  /** Client submission, port 587. */
  readonly submission: string;
  /** The domain whose SPF record lists the servers that Exchange Online sends from. */
  readonly spfInclude: string;
  /** What the names of the hosts that receive a domain's mail end in. */
  readonly mxSuffixes: readonly string[];
}

/**
 * The hosts of each cloud.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
 * @see https://learn.microsoft.com/graph/deployments
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
 *   (audiences)
 * @see https://learn.microsoft.com/defender-office-365/email-authentication-spf-configure
 */
export const CLOUDS: Readonly<Record<Environment, CloudHosts>> = {
  global: {
    login: "login.microsoftonline.com",
    graph: "graph.microsoft.com",
    federationAudience: "api://AzureADTokenExchange",
    exchange: "outlook.office365.com",
    submission: "smtp.office365.com",
    spfInclude: "spf.protection.outlook.com",
    mxSuffixes: [".mail.protection.outlook.com", ".mx.microsoft"],
  },
  usgovernmentl4: {
    login: "login.microsoftonline.us",
    graph: "graph.microsoft.us",
    federationAudience: "api://AzureADTokenExchangeUSGov",
    exchange: "outlook.office365.us",
    submission: "smtp.office365.us",
    spfInclude: "spf.protection.office365.us",
    mxSuffixes: [".mail.protection.office365.us"],
  },
  usgovernmentl5: {
    login: "login.microsoftonline.us",
    graph: "dod-graph.microsoft.us",
    federationAudience: "api://AzureADTokenExchangeUSGov",
    exchange: "outlook-dod.office365.us",
    submission: "outlook-dod.office365.us",
    spfInclude: "spf.protection.office365.us",
    mxSuffixes: [".mail.protection.office365.us"],
  },
  china: {
    login: "login.partner.microsoftonline.cn",
    graph: "microsoftgraph.chinacloudapi.cn",
    federationAudience: "api://AzureADTokenExchangeChina",
    // The page of Connect-ExchangeOnline has this one, that of the Exchange Online Admin API the other.
    exchange: "partner.outlook.cn",
    alsoExchange: ["outlook.office365.cn"],
    submission: "smtp.partner.outlook.cn",
    spfInclude: "spf.protection.partner.outlook.cn",
    mxSuffixes: [".mail.protection.partner.outlook.cn"],
  },
};
