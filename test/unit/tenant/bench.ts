import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { type Lab, openLab } from "../../../lab/src/lab.ts";
import { type Connection, connect, type Tenant } from "../../../tenant/connection.ts";

type Env = Readonly<Record<string, string | undefined>>;
type LogEvent = ReturnType<Lab["log"]["events"]>[number];
/** What goes wrong in the lab. */
export type FaultKind = Parameters<Lab["faults"]["inject"]>[0]["what"];

/** Lets `fetch` of this process trust a lab, and no other one: the roots of two labs bear the same name. */
export const trustLab = ({ caFile }: Lab): void =>
  setDefaultCACertificates([...getCACertificates("bundled"), readFileSync(caFile, "utf8")]);

/**
 * A lab over the wire, for one test file: `fetch` and @azure/identity trust its CA. Between tests `reset` puts
 * the world back, which is quicker than another lab.
 */
export async function openTenantBench(seed: string) {
  const lab = await openLab({ seed });
  trustLab(lab);
  // Where Exchange's servers are not equally fast, a test says so.
  Object.assign(lab.world.settings, { replicationMs: {}, newestClientSwitch: "known" });
  const drawn = structuredClone(lab.world);
  const tenant: Tenant = { tenantId: lab.world.tenant.id, environment: "global" };
  let seen = 0;
  const events = (): LogEvent[] => lab.log.events().slice(seen);
  return {
    lab,
    tenant,
    reset(): void {
      Object.assign(lab.world, structuredClone(drawn));
      seen = lab.log.count();
    },
    /** Everything that the outside world was asked in this test. */
    events,
    /** How often a cmdlet (or `GET /path`) was asked for in this test. */
    asked: (what: string): number => events().filter((event) => event.what === what).length,
    /** A connection of the lab's own identity, with `env` instead of some of its variables. */
    connect: (env: Env = {}): Promise<Connection> => connect(tenant, { ...lab.env, ...env }),
  };
}

export type TenantBench = Awaited<ReturnType<typeof openTenantBench>>;

/** What an act throws; fails when it throws nothing. */
export async function thrownBy(act: () => unknown): Promise<Error> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
