import type { Owners } from "../../mail/ownership.ts";

/** The inputs with the owner that state recorded, from before the stack or project was renamed. */
export const ownedBy = <T extends Owners>(inputs: T, olds: Partial<Owners> | undefined): T =>
  olds?.owner === undefined || olds.owner === inputs.owner
    ? inputs
    : { ...inputs, formerOwners: [olds.owner] };

/** What of a resource replaces it: it is one domain's. */
export const otherDomain = (
  olds: { readonly domain: string },
  news: { readonly domain: string },
): string[] => (olds.domain === news.domain ? [] : ["domain"]);
