import type { Resolve } from "../mail/dns/record.ts";

/**
 * Whether the name servers of a zone may be Cloudflare's.
 *
 * @returns undefined where the name has no name servers of its own
 */
export async function isAtCloudflare(zone: string, resolve: Resolve): Promise<boolean | undefined> {
  const answer = await resolve(zone, "NS");
  if (answer.status === "failed") return true;
  if (answer.status !== "found") return undefined;
  return answer.records.some((server) => server.endsWith(".ns.cloudflare.com"));
}

/**
 * Whether a zone's id names nothing any more: the zone has another id now, or is at another host.
 *
 * @param known ids of the zones of that name which the token sees
 */
export const isGone = async (
  { id, name }: { readonly id: string; readonly name: string },
  known: readonly string[],
  resolve: Resolve,
): Promise<boolean> =>
  known.length > 0 ? !known.includes(id) : !(await isAtCloudflare(name, resolve));
