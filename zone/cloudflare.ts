import type { Cloudflare } from "cloudflare";
import { type DnsRecord, type StoredRecord, TTL } from "../mail/dns/record.ts";
import { ZoneError } from "./zoneError.ts";

/** A zone at Cloudflare. */
export interface Zone {
  readonly id: string;
  /** Lower case. */
  readonly name: string;
}

/** Cloudflare's zones, as one API token sees them. Every call may throw ZoneError. */
export interface Zones {
  /** The zones that the token sees and that are active. */
  active(): Promise<Zone[]>;
  /** Ids of the zones of a name. */
  ids(zone: string): Promise<string[]>;
  /** Every record of a zone, or those of one name. */
  records(zoneId: string, name?: string): Promise<StoredRecord[]>;
  /**
   * Makes a record; one of type CNAME is neither proxied nor flattened.
   *
   * @returns the new record's id; that of the very same record where a call whose answer was lost has made it
   */
  create(zoneId: string, record: DnsRecord): Promise<string>;
  /**
   * Changes the content, if it is still `was`. TTL and the rest stay as their owner has them; a CNAME is neither proxied
   * nor flattened afterwards.
   *
   * @param comment left out to keep the one that is there
   * @returns false when the record has another content by now, or is gone; nothing is written then
   */
  setContent(
    zoneId: string,
    id: string,
    was: string,
    content: string,
    comment?: string,
  ): Promise<boolean>;
  /** A record that is gone already is no error. */
  remove(zoneId: string, id: string): Promise<void>;
}

/** Records of a zone in one answer. */
const PAGE = 5000;

/** How often the client tries again. */
const MAX_RETRIES = 4;

/** The client is loaded with the first call: with the whole of Cloudflare's API, which takes as long as many a script. */
const load = () => import("cloudflare");

/** Called before each pause that Cloudflare asks for, with its reason and its length in milliseconds. */
export type OnPause = (reason: string, ms: number) => void;

/** Cloudflare's code for "An identical record already exists." */
const IDENTICAL = 81_058;

/**
 * Speaks to Cloudflare's API (v4) with its own client, which reads `CLOUDFLARE_API_TOKEN` and `CLOUDFLARE_BASE_URL` as
 * the cloudflare plugin does, waits out its rate limit and tries a lost call again.
 *
 * @throws ZoneError when there is no token
 * @see https://developers.cloudflare.com/api/resources/dns/subresources/records/
 */
export function cloudflare(
  env: Readonly<Record<string, string | undefined>> = process.env,
  onPause: OnPause = () => {},
): Zones {
  const token = env.CLOUDFLARE_API_TOKEN;
  if (!token) {
    const message = "CLOUDFLARE_API_TOKEN is not set; set it to an API token with Zone.DNS Edit";
    throw new ZoneError(message, 0, [], undefined);
  }
  let opened: Promise<Cloudflare> | undefined;
  /** Opened with the first call. */
  const client = (): Promise<Cloudflare> => {
    opened ??= load().then(
      ({ Cloudflare }) =>
        new Cloudflare({
          apiToken: token,
          // Keys of the older kind may stand in the environment, with wider rights: they stay at home.
          apiKey: null,
          apiEmail: null,
          userServiceKey: null,
          baseURL: env.CLOUDFLARE_BASE_URL,
          maxRetries: MAX_RETRIES,
          fetch: reporting(onPause),
          logLevel: "off",
        }),
    );
    return opened;
  };
  const read = (zoneId: string, name?: string): Promise<StoredRecord[]> =>
    asZoneError(`the records of ${name ?? `zone ${zoneId}`} could not be read`, async () => {
      const { records } = (await client()).dns;
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
    active: () =>
      asZoneError("the zones could not be listed", async () => {
        const found: Zone[] = [];
        const { zones } = await client();
        for await (const { id, name } of zones.list({ status: "active", per_page: 50 })) {
          found.push({ id, name: name.toLowerCase() });
        }
        return found;
      }),
    ids: (zone) =>
      asZoneError(`the zone ${zone} could not be looked up`, async () => {
        const { result } = await (await client()).zones.list({ name: zone });
        return result.map(({ id }) => id);
      }),
    records: read,
    create: async (zoneId, record) => {
      try {
        return await asZoneError(`${record.type} ${record.name} could not be created`, async () => {
          const { records } = (await client()).dns;
          const wanted = { zone_id: zoneId, ttl: TTL, ...record, ...dnsOnly(record.type) };
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
    setContent: (zoneId, id, was, content, comment) =>
      unlessGone(false, () =>
        asZoneError(`record ${id} could not be changed`, async () => {
          const { records } = (await client()).dns;
          const existing = await records.get(id, { zone_id: zoneId });
          if (existing.content !== was) return false;
          const { type, name, ttl } = existing;
          const noted = comment === undefined ? {} : { comment };
          const only = { zone_id: zoneId, type, name, ttl, content, ...noted, ...dnsOnly(type) };
          await records.edit(id, only as Parameters<typeof records.edit>[1]);
          return true;
        }),
      ),
    remove: (zoneId, id) =>
      unlessGone(undefined, () =>
        asZoneError(`record ${id} could not be removed`, async () => {
          await (await client()).dns.records.delete(id, { zone_id: zoneId });
        }),
      ),
  };
}

/** A CNAME that receivers are to follow themselves. */
const dnsOnly = (type: string) =>
  type === "CNAME" ? { proxied: false, settings: { flatten_cname: false } } : {};

/** `fetch` that reports the pauses which the client makes before it tries again. */
const reporting =
  (onPause: OnPause): typeof fetch =>
  async (url, init) => {
    const response = await fetch(url, init);
    const retries = Number(new Headers(init?.headers).get("x-stainless-retry-count"));
    const seconds = Number(response.headers.get("retry-after"));
    if (!response.ok && seconds > 0 && retries < MAX_RETRIES) {
      const limit =
        response.status === 429 ? ", 1,200 in five minutes for all programs together" : "";
      const reason = `Cloudflare accepts no more requests for now (HTTP ${response.status}${limit})`;
      onPause(reason, seconds * 1000);
    }
    return response;
  };

async function unlessGone<T>(gone: T, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ZoneError && error.status === 404) return gone;
    throw error;
  }
}

function toStoredRecord(record: object): StoredRecord {
  const { id, type, name, content, proxied, comment, settings } = record as Partial<
    StoredRecord & { settings: { flatten_cname?: boolean } }
  >;
  if (id === undefined || type === undefined || name === undefined) {
    throw new Error("Cloudflare gave a record without id, type or name");
  }
  return {
    id,
    type,
    name: name.toLowerCase(),
    content: content ?? "",
    proxied: proxied === true || settings?.flatten_cname === true,
    comment: comment ?? "",
  };
}

async function asZoneError<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const { APIError } = await load();
    if (!(cause instanceof APIError)) throw cause;
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
    return "give the token of CLOUDFLARE_API_TOKEN the permissions Zone.Zone Read and Zone.DNS Edit for this zone; for previews Zone.DNS Read is enough";
  }
  if (status === 429) {
    return `too many requests: run it again in ${retryAfter ? `${retryAfter} s` : "five minutes"}`;
  }
  return "check the zone in Cloudflare's dashboard, and run it again";
}
