import { z } from "zod";

/** The body of InvokeCommand; nothing else may stand in it. */
const bodySchema = z.strictObject({
  CmdletInput: z.strictObject({
    CmdletName: z.string().min(1),
    Parameters: z.record(z.string(), z.unknown()),
  }),
});

/** A call of a cmdlet. */
export interface Call {
  cmdletName: string;
  parameters: Record<string, unknown>;
}

/** Reads the body of InvokeCommand; a text says what is wrong with it. */
export function parseBody(text: string): Call | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return "The request body is not JSON.";
  }
  const parsed = bodySchema.safeParse(json);
  if (!parsed.success) return parsed.error.issues.map(({ message }) => message).join("; ");
  const { CmdletName, Parameters } = parsed.data.CmdletInput;
  return { cmdletName: CmdletName, parameters: Parameters };
}

const ANCHOR = /^(APP:SystemMailbox\{[0-9a-f-]{36}\}@|UPN:[^@]+@)(?<realm>[^@]+)$/i;

/**
 * Judges X-AnchorMailbox: `APP:SystemMailbox{guid}@tenant` or `UPN:user@domain`, of this tenant.
 *
 * @returns what is wrong, or undefined
 */
export function refuseAnchor(anchor: string | undefined, realms: string[]): string | undefined {
  if (anchor === undefined) return "The X-AnchorMailbox header is missing.";
  const realm = ANCHOR.exec(anchor)?.groups?.realm;
  if (realm === undefined) return `The X-AnchorMailbox header '${anchor}' is not valid.`;
  if (!realms.includes(realm.toLowerCase())) {
    return `The X-AnchorMailbox header names '${realm}', which is not this tenant.`;
  }
  return undefined;
}
