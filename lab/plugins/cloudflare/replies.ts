import { defineReply } from "../../src/reply.ts";

/** What the API answered, or why there was no answer. */
interface Failed {
  method: string;
  url: string;
  /** `400 Bad Request {"success":false,…}` */
  answer: string;
}

/** What the plugin says when Cloudflare refuses. */
export const requestFailed = defineReply(
  "cloudflare-plugin.request-failed",
  {
    provider:
      "terraform-provider-cloudflare 5 (diagnostic of dns_record), cloudflare-go 7 (apierror), pulumi-terraform-bridge 3 (processDiagnostics)",
    assumed: "the plugin logs the same text on the resource once more, which is left out here",
  },
  ({ method, url, answer }: Failed) => ({
    message: `failed to make http request: ${method} "${url}": ${answer}`,
  }),
);
