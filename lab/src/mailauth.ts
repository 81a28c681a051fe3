/** mailauth, which checks and signs mail. It takes longest of all to load, so the first message does that. */
export function loadMailauth(): Promise<typeof import("mailauth")> {
  return import("mailauth");
}
