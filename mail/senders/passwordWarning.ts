/**
 * What the administrator of a sender has to know that signs in with a password.
 *
 * @see https://techcommunity.microsoft.com/blog/exchange/ (MC786329, as of 2026-01-27)
 */
export const passwordWarning = (sender: string): string =>
  `sender "${sender}" signs in with a password (basic authentication). At the end of December 2026 Microsoft switches that off by default: administrators of tenants that are there can switch it on again, new tenants won't have it. Its last day is to be told in the second half of 2027. Let the sender use OAuth or a connector before`;
