/** Why Entra issues no token to an app. */
export type SignInCause = keyof typeof CAUSES;

/** What is known of Entra's refusal. */
export interface SignInError {
  /** `7000222` */
  readonly code: string;
  /** Left out of codes that are not in the table. */
  readonly cause?: SignInCause;
  /** What it means of any app, as a clause. */
  readonly why: string;
}

/**
 * What the AADSTS codes of an app's sign-in mean. Codes of people are not among them: 53004 is a person's second factor, and 530036
 * a person's refresh token.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust (federated credentials)
 * @see https://microsoft.github.io/teams-sdk/teams/app-authentication/troubleshooting (7000229)
 * @see Microsoft Forms shows "Sorry, something went wrong" (Microsoft's SupportArticles-docs; 500014)
 */
const CAUSES = {
  unknownApp: { codes: ["700016"], why: "the tenant has no app with this client id" },
  unknownTenant: { codes: ["90002"], why: "there is no such tenant in this cloud" },
  noPrincipal: {
    codes: ["7000229"],
    why: "the app has no enterprise application (service principal) in the tenant",
  },
  disabled: { codes: ["7000112"], why: "the app's enterprise application is disabled" },
  wrongSecret: {
    codes: ["7000215"],
    why: "the app does not have this secret: it was removed or replaced, or this is the secret's id in place of its value",
  },
  expiredSecret: { codes: ["7000222"], why: "the app's secret has expired" },
  certificate: {
    codes: ["700027"],
    why: "the app does not have this certificate, the certificate has expired, or the key is not its own",
  },
  audience: {
    codes: ["700212"],
    why: "no federated credential of the app has the token's audience",
  },
  federation: {
    codes: ["70021", "70025", "700211", "700213", "7002138"],
    why: "no federated credential of the app has the token's issuer and subject, letter by letter",
  },
  time: {
    codes: ["700024"],
    why: "the assertion has expired or is not valid yet, or a clock is wrong",
  },
  policy: {
    codes: ["53003"],
    why: "a Conditional Access policy for workload identities blocks the app on this machine",
  },
  noService: {
    codes: ["500011", "500014"],
    why: "the tenant does not have the service that the token is for, or it is disabled, as at the end of its subscription",
  },
} as const satisfies Readonly<
  Record<string, { readonly codes: readonly string[]; readonly why: string }>
>;

const BY_CODE: ReadonlyMap<string, SignInError> = new Map(
  Object.entries(CAUSES).flatMap(([cause, { codes, why }]) =>
    codes.map((code) => [code, { code, cause: cause as SignInCause, why }]),
  ),
);

/** What Entra's words mean; undefined where they do not begin with an AADSTS code. */
export function signInErrorOf(words: string): SignInError | undefined {
  const [, code] = /^AADSTS(\d+)\b/.exec(words) ?? [];
  if (code === undefined) return undefined;
  return BY_CODE.get(code) ?? { code, why: "Entra issues no token to the app" };
}

/** Where Microsoft explains a code. */
export const pageOfCode = (code: string): string =>
  `https://login.microsoftonline.com/error?code=${code}`;
