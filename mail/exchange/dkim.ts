/** Bits of a new key; Exchange's own default is 1024, which RFC 8301 section 3.2 advises against. */
const KEY_SIZE = 2048;

/**
 * Parameters of `New-DkimSigningConfig`: disabled, as Exchange enables none before its CNAME records are published.
 *
 * @param mark says who manages it
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-dkimsigningconfig
 */
export const newDkimParameters = (domain: string, mark: string) => ({
  DomainName: domain,
  KeySize: KEY_SIZE,
  Enabled: false,
  AdminDisplayName: mark,
  Confirm: false,
});

/**
 * Parameters of `Set-DkimSigningConfig`.
 *
 * @param change what it changes
 */
export const dkimParameters = <
  T extends { readonly Enabled: boolean } | { readonly AdminDisplayName: string },
>(
  domain: string,
  change: T,
) => ({ Identity: domain, ...change, Confirm: false });
