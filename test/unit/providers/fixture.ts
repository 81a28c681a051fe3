import { after, before, beforeEach, type TestContext } from "node:test";
import type { ConnectorForm } from "../../../mail/exchange/inboundConnector.ts";
import { inboundConnector } from "../../../providers/exchange/inboundConnector.ts";
import type { InboundConnectorInputs } from "../../../providers/exchange/inboundConnectorForm.ts";
import type { Checked } from "../../../providers/exchange/named.ts";
import { openTenants, type Tenants } from "../../../providers/host/tenants.ts";
import type { Connection } from "../../../tenant/connection.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { openTenantBench } from "../tenant/bench.ts";

type CheckedInputs = Checked<InboundConnectorInputs, ConnectorForm>;

/** Stands between a kind and the tenant. */
export type Around = (invoke: Invoke) => Invoke;

/** A lab with resource kinds that work on it. */
export async function openProviderFixture(seed: string) {
  const fixture = await openTenantBench(seed);
  const { lab, tenant } = fixture;
  const { domain } = lab.world.tenant;
  const [address] = lab.world.addresses.customer;

  let signedIn: Promise<Connection> | undefined;
  let signedOut = false;
  /** The tenant as one run of the engine has it, but for one thing: the runs of a file share a sign-in. */
  function run(around?: Around): Tenants {
    const connect = () => {
      signedIn ??= fixture.connect();
      return signedIn;
    };
    return openTenants(connect, around);
  }
  const kind = (around?: Around) => inboundConnector(run(around));

  /** What a program declares of a connector by address; a run in a preview begins with `check`. */
  const declared = (change: Partial<InboundConnectorInputs> = {}): InboundConnectorInputs => ({
    ...tenant,
    owner: "relay/test/erp",
    adopt: false,
    name: "relay-test-erp",
    senderIPAddresses: [address],
    associatedAcceptedDomains: [domain],
    ...change,
  });
  /** The same, by certificate. */
  const certified = (change: Partial<InboundConnectorInputs> = {}): InboundConnectorInputs => {
    const { senderIPAddresses: _, ...rest } = declared();
    return { ...rest, tlsSenderCertificateName: `mail.${domain}`, ...change };
  };

  /** What check makes of inputs that it finds nothing wrong with. */
  async function checked(
    inputs = declared(),
    olds: Partial<CheckedInputs> = {},
    kindOfRun = kind(),
  ): Promise<CheckedInputs> {
    const answer = await kindOfRun.check(olds, inputs);
    if (answer.failures.length > 0) throw new Error(JSON.stringify(answer.failures));
    return answer.inputs as CheckedInputs;
  }

  return {
    ...fixture,
    reset(): void {
      if (signedOut) signedIn = undefined;
      signedOut = false;
      fixture.reset();
    },
    /** The next run signs in again: a token keeps the rights that the app had when it was issued. */
    signOut(): void {
      signedIn = undefined;
      signedOut = true;
    },
    domain,
    address,
    run,
    kind,
    declared,
    certified,
    checked,
    /** The outside world without what every request moves on: equal before and after means nothing was changed. */
    state(): object {
      const { drawn: _, faults: __, audit: ___, ...state } = lab.dump();
      return state;
    },
    /** Makes a connector by hand, as an administrator does. */
    byHand: (parameters: Record<string, unknown>) =>
      lab.admin("New-InboundConnector", {
        Name: "by hand",
        SenderDomains: ["*"],
        ConnectorType: "OnPremises",
        // Of nobody in this world; a connector has to match something.
        ...(!("TlsSenderCertificateName" in parameters) && { SenderIPAddresses: ["192.0.2.251"] }),
        ...parameters,
      }),
    /** What Exchange holds of the connector of this name. */
    held: (name = "relay-test-erp") =>
      lab.world.connectors.find((connector) => connector.name === name),
    close: () => lab.close(),
  };
}

export type ProviderFixture = Awaited<ReturnType<typeof openProviderFixture>>;

/**
 * What a suite works on: opened before its first test, reset before each, and closed after the last.
 *
 * @returns a stand-in that hands on what is asked of it, so it can be named before there is anything open
 */
export function useOpened<T extends { reset(): void; close(): unknown }>(
  open: () => Promise<T>,
): T {
  let opened: T | undefined;
  before(async () => {
    opened = await open();
  });
  after(() => opened?.close());
  beforeEach(() => opened?.reset());
  return new Proxy({} as T, {
    get(_, name) {
      if (opened === undefined) throw new Error(`${String(name)} is asked for outside a test`);
      return Reflect.get(opened, name);
    },
  });
}

/** A lab with resource kinds that work on it, for the tests of a suite. */
export const useProviderFixture = (seed: string): ProviderFixture =>
  useOpened(() => openProviderFixture(seed));

/**
 * The tenants of a run of the engine as the product opens them, with the lab's identity (or `env` instead of some
 * of it) in this process's environment until the test ends.
 */
export function openedTenants(
  t: TestContext,
  { lab }: Pick<ProviderFixture, "lab">,
  env: Readonly<Record<string, string | undefined>> = {},
): Tenants {
  const variables = { ...lab.env, ...env };
  for (const key of Object.keys(variables).filter((name) => name.startsWith("ARM_"))) {
    const before = process.env[key];
    t.after(() => setVariable(key, before));
    setVariable(key, variables[key]);
  }
  return openTenants();
}

function setVariable(key: string, value: string | undefined): void {
  if (value === undefined) delete process.env[key];
  else process.env[key] = value;
}

const REAL_NOW = Date.now;

/** Lets `ms` pass at every read, so that what a kind waits for need not be waited for. */
export function passTime(t: TestContext, ms: number): Around {
  const { now } = Date;
  let ahead = 0;
  // Not by a mock, which keeps a stack trace of each call: the clock is read with each request.
  Date.now = () => now() + ahead;
  t.after(() => {
    Date.now = REAL_NOW;
  });
  return (invoke) => async (cmdlet, parameters) => {
    try {
      return await invoke(cmdlet, parameters);
    } finally {
      if (cmdlet.startsWith("Get-")) ahead += ms;
    }
  };
}
