/** What a sender has of the keys that a stack file leaves out, as config fills them in. */
export const DEFAULTS = {
  adoptMailbox: false,
  fence: false,
  retire: false,
  restrictToDomains: false,
  requireTls: true,
  credentialGeneration: 1,
} as const;
