import PostalMime from "postal-mime";
import { fieldOf, fieldsOf } from "../message/fields.ts";

/** A part that is written in characters of its own, so that no reply can be found in it as it stands. */
const ENCODED = /^content-transfer-encoding:[ \t]*(?:base64|quoted-printable)/im;
/** Parts of a report (RFC 6522) in which the refusal stands. The message that came back is none of them. */
const STATUS = "message/delivery-status";
/**
 * Characters of a bounce whose parts are read. The message that came back is its last part (RFC 6522 section 3), and may
 * be of any size. The time that postal-mime takes for parts grows with the square of their number.
 */
const LONGEST = 256 * 1024;
/** Where a line of a page ends for a reader. */
const LINE_ENDS = /<(?:br|\/p|\/div|\/t[dhr]|\/li|\/h[1-6])\b[^<>]{0,200}>/gi;
const TAGS = /<\/?[a-z][^<>]{0,2000}>/gi;

/**
 * The text of a bounce whose parts are encoded (RFC 2045 section 6), so that its refusals can be found: what it says to
 * people, then its delivery status (RFC 3464).
 *
 * @param text a message as it was saved; whatever else comes back as it is
 */
export async function textOfBounce(text: string): Promise<string> {
  if (!ENCODED.test(text) || !isMessage(text)) return text;
  const beginning = text.slice(0, LONGEST);
  const {
    html,
    text: plain = "",
    attachments,
  } = await PostalMime.parse(beginning, {
    attachmentEncoding: "utf8",
    forceRfc822Attachments: true,
  });
  const statuses = attachments
    .filter(({ mimeType }) => mimeType === STATUS)
    .map(({ content }) => String(content));
  // postal-mime puts what is plain text into the page too, where there is one.
  const said = html === undefined ? plain : html.replace(LINE_ENDS, "\n").replace(TAGS, "");
  return [said, ...statuses].join("\n");
}

/** Whether a text begins with the header of a message that has MIME parts. */
function isMessage(text: string): boolean {
  const fields = fieldsOf(text);
  return ["From", "Content-Type"].every((name) => fieldOf(fields, name) !== undefined);
}
