import Cloudflare from "cloudflare";
import { type DnsRecord, type StoredRecord, TTL } from "../mail/dns/record.ts";
import { ZoneError } from "./zoneError.ts";

/** Cloudflare's zones, as one API token sees them. Every call may throw ZoneError. */
export interface Zones {
  /** Every record of a zone, or those of one name. */
  records(zoneId: string, name?: string): Promise<StoredRecord[]>;
  /** @returns the new record's id; that of the very same record where a call whose answer was lost has made it */
  create(zoneId: string, record: DnsRecord): Promise<string>;
  /**
   * Changes the content alone, if it is still `was`: TTL, comment and the rest stay as their owner has them.
   *
   * @returns false when the record has another content by now, or is gone; nothing is written then
   */
  setContent(zoneId: string, id: string, was: string, content: string): Promise<boolean>;
  /** A record that is gone already is no error. */
  remove(zoneId: string, id: string): Promise<void>;
}

/** Records of a zone in one answer. */
const PAGE = 5000;

/** Cloudflare's code for "An identical record already exists." */
const IDENTICAL = 81_058;

/**
 * Speaks to Cloudflare's API (v4) with its own client, which reads `CLOUDFLARE_API_TOKEN` and `CLOUDFLARE_BASE_URL` as
 * the cloudflare plugin does, waits out its rate limit and tries a lost call again.
 *
 * @throws ZoneError when there is no token
 * @see https://developers.cloudflare.com/api/resources/dns/subresources/records/
 */
export function cloudflare(env: Readonly<Record<string, string | undefined>> = process.env): Zones {
  const token = env.CLOUDFLARE_API_TOKEN;
  if (!token) {
    const message = "CLOUDFLARE_API_TOKEN is not set; set it to an API token with Zone.DNS Edit";
    throw new ZoneError(message, 0, [], undefined);
  }
  const client = new Cloudflare({
    apiToken: token,
    // Keys of the older kind may stand in the environment, with wider rights: they stay at home.
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    baseURL: env.CLOUDFLARE_BASE_URL,
    maxRetries: 4,
    logLevel: "off",
  });
  const { records } = client.dns;
  const read = (zoneId: string, name?: string): Promise<StoredRecord[]> =>
    asZoneError(`the records of ${name ?? `zone ${zoneId}`} could not be read`, async () => {
      const query = { zone_id: zoneId, per_page: PAGE, ...(name && { name: { exact: name } }) };
      const found: StoredRecord[] = [];
      for (let page = 1; ; page++) {
        const { result, result_info } = await records.list({ ...query, page });
        found.push(...result.map(toStoredRecord));
        const { total_count: all } = result_info as { total_count?: number };
        if (result.length === 0 || found.length === all) return found;
      }
    });
  return {
    records: read,
    create: async (zoneId, record) => {
      try {
        return await asZoneError(`${record.type} ${record.name} could not be created`, async () => {
          const wanted = { zone_id: zoneId, ttl: TTL, ...record };
          const { id } = await records.create(wanted as Parameters<typeof records.create>[0]);
          return id;
        });
      } catch (error) {
        if (!(error instanceof ZoneError && error.codes.includes(IDENTICAL))) throw error;
        const existing = (await read(zoneId, record.name)).find(
          ({ type, content, comment }) =>
            type === record.type && content === record.content && comment === record.comment,
        );
        if (existing === undefined) throw error;
        return existing.id;
      }
    },
    setContent: (zoneId, id, was, content) =>
      unlessGone(false, () =>
        asZoneError(`record ${id} could not be changed`, async () => {
          const existing = await records.get(id, { zone_id: zoneId });
          if (existing.content !== was) return false;
          const { type, name, ttl } = existing;
          const only = { zone_id: zoneId, type, name, ttl, content };
          await records.edit(id, only as Parameters<typeof records.edit>[1]);
          return true;
        }),
      ),
    remove: (zoneId, id) =>
      unlessGone(undefined, () =>
        asZoneError(`record ${id} could not be removed`, async () => {
          await records.delete(id, { zone_id: zoneId });
        }),
      ),
  };
}

async function unlessGone<T>(gone: T, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ZoneError && error.status === 404) return gone;
    throw error;
  }
}

function toStoredRecord(record: object): StoredRecord {
  const { id, type, name, content, proxied, comment } = record as Partial<StoredRecord>;
  if (id === undefined || type === undefined || name === undefined) {
    throw new Error("Cloudflare gave a record without id, type or name");
  }
  return {
    id,
    type,
    name: name.toLowerCase(),
    content: content ?? "",
    proxied: proxied ?? false,
    comment: comment ?? "",
  };
}

async function asZoneError<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof Cloudflare.APIError)) throw cause;
    const status: number = cause.status ?? 0;
    const { errors, headers } = cause;
    const said = errors.map(({ code, message }) => `${message} (${code})`).join("; ");
    const words = said || causeOf(cause);
    const fix = fixOf(status, headers?.get("retry-after") ?? null);
    const codes = errors.map(({ code }) => Number(code));
    throw new ZoneError(`Cloudflare: ${what}: ${words}; ${fix}`, status, codes, cause);
  }
}

const causeOf = ({ cause, message }: Error): string =>
  cause instanceof Error ? causeOf(cause) : message;

function fixOf(status: number, retryAfter: string | null): string {
  if (status === 0) return "check the network, and CLOUDFLARE_BASE_URL if it is set";
  if (status === 401 || status === 403) {
    return "give the token of CLOUDFLARE_API_TOKEN the permissions Zone.Zone Read and Zone.DNS Edit for this zone";
  }
  if (status === 429) {
    return `too many requests: run it again in ${retryAfter ? `${retryAfter} s` : "five minutes"}`;
  }
  return "check the zone in Cloudflare's dashboard, and run it again";
}
