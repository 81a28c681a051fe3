import { type Field, fieldOf } from "./fields.ts";

/** How Exchange says that a message came to it, as an outside recipient sees it. */
export interface Attribution {
  /** The tenant that the message was attributed to, a GUID; undefined when Exchange did not stamp it. */
  readonly tenantId: string | undefined;
  /** `HybridOnPrem` by a connector, `Hosted` from a mailbox, `Internet` from outside. */
  readonly origin: string | undefined;
  /** Address of the server that connected. */
  readonly connectingIp: string | undefined;
}

/**
 * Reads Exchange's `X-MS-Exchange-CrossTenant-*` fields.
 *
 * @see https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo
 */
export function attributionOf(fields: readonly Field[]): Attribution {
  const field = (name: string) => fieldOf(fields, `X-MS-Exchange-CrossTenant-${name}`);
  return {
    tenantId: field("Id"),
    origin: field("FromEntityHeader"),
    connectingIp: /Ip=\[([^\]]+)\]/.exec(field("OriginalAttributedTenantConnectingIp") ?? "")?.[1],
  };
}
