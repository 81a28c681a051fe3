/**
 * The Generic Test for Unsolicited Bulk Email, by which Microsoft lets administrators test spam filters ("Configure
 * anti-spam policies for cloud mailboxes", Learn).
 */
const GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

/** Whether a message is spam by what it says. The lab knows no other spam. */
export function isSpamTest(raw: string): boolean {
  return raw.includes(GTUBE);
}
