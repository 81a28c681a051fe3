import type { Row } from "../row.ts";
import { CONNECTOR_ROWS } from "./connectors.ts";
import { HIGH_VOLUME_ROWS } from "./highVolume.ts";
import { LIMIT_ROWS } from "./limits.ts";
import { PROTOCOL_ROWS } from "./protocol.ts";
import { RECEIVER_ROWS } from "./receivers.ts";
import { RECIPIENT_ROWS } from "./recipients.ts";
import { REPUTATION_ROWS } from "./reputation.ts";
import { SIGN_IN_ROWS } from "./signIn.ts";
import { SUBMISSION_ROWS } from "./submission.ts";
import { TLS_ROWS } from "./tls.ts";

/** Every reply that is known. */
export const ROWS: readonly Row[] = [
  ...SIGN_IN_ROWS,
  ...SUBMISSION_ROWS,
  ...CONNECTOR_ROWS,
  ...LIMIT_ROWS,
  ...REPUTATION_ROWS,
  ...RECIPIENT_ROWS,
  ...TLS_ROWS,
  ...RECEIVER_ROWS,
  ...HIGH_VOLUME_ROWS,
  ...PROTOCOL_ROWS,
];
