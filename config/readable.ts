import type { z } from "zod";
import { canonicalDomain } from "../mail/senders/domain.ts";
import type { WrittenRelay } from "../mail/senders/relayProblems.ts";
import { AUTHENTICATIONS, type Sender } from "../mail/senders/sender.ts";
import { loadKeys } from "./loadKeys.ts";
import { nearest } from "./nearest.ts";
import { domainSchema, NAMESPACE, senderSchema } from "./schema.ts";

/**
 * As much of a relay as a stack file that is wrong somewhere lets read, so that the rules between its parts are judged
 * at once. What can't be read of a key is taken for a value that equals no other: that the key is there is known.
 *
 * @param input the stack file's values, by full key
 * @param canonical brings a sender that can be read into canonical form
 */
export function readableRelay(
  input: Readonly<Record<string, unknown>>,
  canonical: (parsed: z.output<typeof senderSchema>) => Sender,
): WrittenRelay {
  const list = (key: string): unknown[] => {
    const value = input[`${NAMESPACE}:${key}`];
    return Array.isArray(value) ? value : [];
  };
  const nameOf = (entry: unknown): string | undefined => {
    const name: unknown = Object(entry).name;
    return typeof name === "string" ? name : undefined;
  };
  return {
    domains: list("domains").map((entry) => {
      const { data } = domainSchema.shape.name.safeParse(nameOf(entry));
      return data && canonicalDomain(data);
    }),
    senders: list("senders").map((entry, index) => readableSender(entry, index, canonical)),
    names: list("senders").map(nameOf),
  };
}

/** The way to authenticate that a misspelt one means; a value that means none as it is. */
const meantAuthentication = (value: unknown): unknown =>
  typeof value === "string" ? (nearest(value, AUTHENTICATIONS) ?? value) : value;

/** Undefined where it can't be known how the sender authenticates, as everything else follows from that. */
function readableSender(
  entry: unknown,
  index: number,
  canonical: (parsed: z.output<typeof senderSchema>) => Sender,
): Sender | undefined {
  const shape = senderSchema.shape;
  const written: Record<string, unknown> = { ...Object(entry) };
  written.authentication = [written.authentication].flat().map(meantAuthentication);
  if (!shape.authentication.safeParse(written.authentication).success) return undefined;
  const unreadable = `senders[${index}]`;
  const listed = (key: "from" | "egress", element: z.ZodType<string>): unknown[] => {
    const value = written[key] === undefined ? [] : written[key];
    if (!Array.isArray(value)) return [unreadable];
    return value.map((one: unknown) => element.safeParse(one).data ?? unreadable);
  };
  const standIns: Readonly<Partial<Record<keyof typeof shape, unknown>>> = {
    authentication: [],
    name: unreadable,
    from: listed("from", shape.from.element),
    certificateName: unreadable,
    adoptMailbox: false,
    retire: false,
    restrictToDomains: false,
    fence: false,
    requireTls: true,
    adoptApplication: unreadable,
    egress: listed("egress", shape.egress.unwrap().element),
    adoptConnector: unreadable,
    federatedIdentity: { issuer: unreadable, subject: unreadable, audience: unreadable },
    signInCertificate: unreadable,
    credentialGeneration: 1,
    ...Object.fromEntries(Object.keys(loadKeys).map((key) => [key, undefined])),
    license: unreadable,
    billingPolicyId: unreadable,
  };
  const parsed = Object.entries(shape).map(([key, schema]) => {
    const result = schema.safeParse(written[key]);
    return [key, result.success ? result.data : standIns[key as keyof typeof shape]];
  });
  return canonical(Object.fromEntries(parsed) as z.output<typeof senderSchema>);
}
