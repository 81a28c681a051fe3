// What Cloudflare says to a record that it won't take. Since October 2024 the cause stands alone; before, it was the
// chain of a 1004 "DNS Validation Error" (Cloudflare's page "API deprecations").
import { defineReply } from "../reply.ts";
import { failed } from "./envelope.ts";

const SAME_NAME =
  "For more details, refer to <https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/>.";
const EMAIL_RECORDS =
  "For more details, refer to <https://developers.cloudflare.com/dns/manage-dns-records/how-to/email-records/#add-mx-records>.";

export const invalidName = defineReply(
  "cloudflare.invalid-name",
  { record: "cisagov/manage.get.gov#5244" },
  () => failed(400, { code: 9000, message: "DNS name is invalid." }),
);

export const missingField = defineReply(
  "cloudflare.missing-field",
  { record: "pulumi/pulumi-cloudflare#1107, of an MX record's priority", assumed: "for others" },
  (field: string) => failed(400, { code: 9100, message: `${field} is a required field.` }),
);

export const wrongKind = defineReply(
  "cloudflare.wrong-kind",
  { record: "pfSense's log, of proxied", assumed: "for other fields" },
  (field: string, kind: string) =>
    failed(400, { code: 9003, message: `Invalid '${field}' value, must be a ${kind}` }),
);

export const invalidPriority = defineReply(
  "cloudflare.invalid-priority",
  { record: "jamesryanbell/cloudflare#23" },
  () =>
    failed(400, {
      code: 9008,
      message: "Invalid priority, priority must be set and be between 0 and 65535",
    }),
);

export const cannotBeProxied = defineReply(
  "cloudflare.cannot-be-proxied",
  { record: "posts of 2024 and later about code 9004" },
  () => failed(400, { code: 9004, message: "This record type cannot be proxied." }),
);

export const invalidA = defineReply(
  "cloudflare.invalid-a",
  { record: "yulewang/cloudflare-api-v4-ddns#16" },
  () => failed(400, { code: 9005, message: "Content for A record must be a valid IPv4 address." }),
);

export const invalidAaaa = defineReply(
  "cloudflare.invalid-aaaa",
  { assumed: "by its neighbour, 9005 for A records" },
  () =>
    failed(400, { code: 9006, message: "Content for AAAA record must be a valid IPv6 address." }),
);

export const invalidCname = defineReply(
  "cloudflare.invalid-cname",
  { assumed: "words; the code by its neighbours" },
  () => failed(400, { code: 9007, message: "Content for CNAME record is invalid." }),
);

export const invalidMx = defineReply(
  "cloudflare.invalid-mx",
  { record: "pulumi/pulumi-cloudflare#1107" },
  () =>
    failed(400, {
      code: 9009,
      message: `Change the content of your MX record to be a hostname (and not an IP address). ${EMAIL_RECORDS}`,
    }),
);

export const invalidText = defineReply(
  "cloudflare.invalid-text",
  { record: "ZE3kr/Cloudflare-CNAME-Setup#17: code", assumed: "its words" },
  () => failed(400, { code: 9051, message: "Invalid content for TXT record." }),
);

export const textTooLong = defineReply(
  "cloudflare.text-too-long",
  { record: "cisagov/manage.get.gov#5244" },
  () =>
    failed(400, {
      code: 9015,
      message: "Record content exceeds the allowed length of 4096 wire format bytes.",
    }),
);

export const invalidTtl = defineReply(
  "cloudflare.invalid-ttl",
  { record: "timothymiller/cloudflare-ddns#179" },
  () =>
    failed(400, {
      code: 9021,
      message: "TTL must be between 60 and 86400 seconds, or 1 for Automatic.",
    }),
);

export const commentTooLong = defineReply(
  "cloudflare.comment-too-long",
  { record: "STRRL/cloudflare-tunnel-ingress-controller#139, #168" },
  () =>
    failed(400, {
      code: 9313,
      message: "DNS record comment exceeds the maximum length of 100 characters.",
    }),
);

export const tooManyTags = defineReply(
  "cloudflare.too-many-tags",
  { page: "Cloudflare docs, Record attributes: none on Free", assumed: "code and words" },
  (tags: number) =>
    failed(400, { code: 9300, message: `DNS record has ${tags} tags, exceeding the quota of 0.` }),
);

export const identical = defineReply(
  "cloudflare.identical",
  {
    record: "ZhiXuanWang/cf-speed-dns#55, certbot/certbot#10725",
    assumed: "that quotes and the cut into strings make no difference",
  },
  () => failed(400, { code: 81_058, message: "An identical record already exists." }),
);

export const hostTaken = defineReply(
  "cloudflare.host-taken",
  {
    record: "cloudflare/terraform-provider-cloudflare#1247",
    assumed:
      "that TXT and MX records bar a CNAME below the apex too; the API's notes name A and AAAA",
  },
  () =>
    failed(400, {
      code: 81_053,
      message: `An A, AAAA, or CNAME record with that host already exists. ${SAME_NAME}`,
    }),
);

export const cnameTaken = defineReply(
  "cloudflare.cname-taken",
  {
    record: "favonia/cloudflare-ddns#990",
    assumed: "that it bars TXT and MX records below the apex too; the API's notes name A and AAAA",
  },
  () =>
    failed(400, {
      code: 81_054,
      message: `A CNAME record with that host already exists. ${SAME_NAME}`,
    }),
);
