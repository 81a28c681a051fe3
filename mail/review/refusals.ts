/** How a sentence begins that says why a tenant or a zone could not be read: the request, the cmdlet, the service. */
const UNREAD =
  /^(Graph [A-Z]+ |[A-Z][a-z]+-[A-Z]\w+: |Cloudflare: |Exchange: |and \d+ more that could not be read)/;

/** Whether an error says that a service could not be read, and not that an `up` would be refused. */
export const isUnread = (error: string): boolean => UNREAD.test(error);

/** How the engine begins what a check says: with the resource, which our problems name themselves. */
const OF_RESOURCE = /^\S+ resource '[^']*' has a problem: /;
/** What stands above the problems of a configuration, one a line. */
const OF_CONFIGURATION = /^[\d,]+ problems? in the configuration of stack .*:$/;

/** The engine's errors as sentences, each once. */
export function refusalsIn(errors: readonly string[]): string[] {
  const sentences = errors.flatMap((error) => {
    const [head = "", ...lines] = error.trim().split("\n");
    return OF_CONFIGURATION.test(head) ? lines : [error.replace(OF_RESOURCE, "")];
  });
  return [...new Set(sentences.map((one) => one.trim()).filter((one) => one !== ""))];
}
