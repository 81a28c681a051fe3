import { traceOf } from "../../mail/verification/trace.ts";
import type { Trace } from "../../mail/verification/verification.ts";
import { connect, type Tenant } from "../../tenant/connection.ts";
import { exchange, type Invoke } from "../../tenant/exchange.ts";
import { ExchangeError } from "../../tenant/exchangeError.ts";

/** Looks messages up in Exchange's message trace. */
export interface Tracer {
  /** The traces of those that it has, by Message-ID. */
  find(ids: readonly string[]): Promise<Map<string, Trace>>;
}

/** Exchange, as the app of the `ARM_` variables. Nothing is signed in to before the first question. */
export function openExchange({ tenantId, environment }: Tenant): Invoke {
  let invoke: Promise<Invoke> | undefined;
  return async (cmdlet, parameters) => {
    invoke ??= connect({ tenantId, environment }).then((connection) => exchange(connection));
    return (await invoke)(cmdlet, parameters);
  };
}

/**
 * Exchange's message trace. Without times it has the last 48 hours by its own clock.
 *
 * @throws Error from `find` that says what is missing
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/get-messagetracev2
 */
export function openTracer(ask: Invoke): Tracer {
  return {
    async find(ids) {
      try {
        const { value } = await ask("Get-MessageTraceV2", { MessageId: ids });
        const traces = new Map<string, Trace>();
        for (const [id, rows] of Map.groupBy(value, ({ MessageId }) => String(MessageId))) {
          const details = [];
          for (const { MessageTraceId, RecipientAddress } of rows) {
            const parameters = { MessageTraceId, RecipientAddress };
            details.push((await ask("Get-MessageTraceDetailV2", parameters)).value);
          }
          traces.set(id, traceOf(rows, details));
        }
        return traces;
      } catch (error) {
        throw new Error(reasonOf(error), { cause: error });
      }
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof ExchangeError && error.status === 403) {
    return "the app may not run Get-MessageTraceV2; put it into a role group of Exchange with the role View-Only Recipients, see docs/how-to/verify-a-relay.md";
  }
  return error instanceof Error ? error.message : String(error);
}
