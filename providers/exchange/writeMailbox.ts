import {
  ACCOUNT,
  type AccountNames,
  CLIENTS,
  type MailboxForm,
  NAMES,
  parametersByName,
  SETTINGS,
  SMTP_AUTH,
} from "../../mail/exchange/mailbox.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isNotFound, isRefusal } from "../../tenant/exchangeError.ts";
import { unknownParameters } from "../../tenant/exchangeParameters.ts";

/** Properties of one cmdlet, by Exchange's names. */
type Names = Readonly<Partial<Record<keyof MailboxForm | keyof AccountNames, string>>>;

/** A mailbox as it is before a write: what it keeps is named. */
interface Before {
  readonly id: string;
  readonly form: MailboxForm & AccountNames;
}

/**
 * Writes properties of a mailbox. None without which a sender can send keeps the others from being written.
 *
 * @param differs names of those to write
 * @returns those that this tenant does not support, which stay as they are
 */
export async function writeMailbox<F extends MailboxForm & AccountNames>(
  invoke: Invoke,
  { id: guid, form }: Before,
  differs: readonly string[],
  wanted: F,
): Promise<(keyof F & string)[]> {
  type Key = keyof F & keyof Names & string;
  const set = async (cmdlet: string, names: Names, keys = differs): Promise<void> => {
    const chosen = Object.fromEntries(Object.entries(names).filter(([key]) => keys.includes(key)));
    if (Object.keys(chosen).length === 0) return;
    await invoke(cmdlet, { Identity: guid, Confirm: false, ...parametersByName(chosen, wanted) });
  };
  /**
   * All in one call. Parameters that Exchange says it does not have are left out of the next one; where it refuses
   * without naming any, what is needed is sent in one call and each of the others alone.
   */
  const setWith = async (cmdlet: string, optional: Names, needed: Names = {}): Promise<Key[]> => {
    const refused: Key[] = [];
    const left = () =>
      (Object.keys(optional) as Key[]).filter(
        (key) => differs.includes(key) && !refused.includes(key),
      );
    const leave = (key: Key, error: Error): void => {
      refused.push(key);
      console.log(describeKept(key, optional[key] ?? key, error, wanted, form));
    };
    for (;;) {
      try {
        const keys = differs.filter((key) => !(refused as string[]).includes(key));
        await set(cmdlet, { ...needed, ...optional }, keys);
        return refused;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const unknown = unknownParameters(error, Object.values(optional));
        const keys = left().filter((key) => unknown.includes(optional[key] ?? ""));
        if (keys.length === 0) break;
        for (const key of keys) leave(key, error);
      }
    }
    await set(cmdlet, needed);
    for (const key of left()) {
      try {
        await set(cmdlet, optional, [key]);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        leave(key, error);
      }
    }
    return refused;
  };
  const settings = await setWith("Set-Mailbox", { ...SETTINGS, ...ACCOUNT }, NAMES);
  await set("Set-CASMailbox", SMTP_AUTH);
  const clients = await setWith("Set-CASMailbox", CLIENTS);
  const isOther = differs.includes("retentionPolicy");
  const retention = isOther ? await setRetention(invoke, guid, wanted) : [];
  return [...settings, ...clients, ...retention];
}

/**
 * What a run says of a property that stays as it is. No source says whether XOAUTH2 takes another address than the user
 * name.
 */
function describeKept(
  key: string,
  name: string,
  { message }: Error,
  { address }: MailboxForm,
  { userName }: AccountNames,
): string {
  if (key !== "userName" || userName === undefined) {
    return `${name} of mailbox ${address} stays as it is, because ${message}; the sender can send without it`;
  }
  return `the user name of mailbox ${address} stays ${userName}, because ${message}; if a sign-in as ${address} ends with 535 5.7.3, sign in as ${userName}`;
}

async function setRetention(
  invoke: Invoke,
  guid: string,
  { retentionPolicy: RetentionPolicy, address }: MailboxForm,
): Promise<"retentionPolicy"[]> {
  try {
    await invoke("Set-Mailbox", { Identity: guid, Confirm: false, RetentionPolicy });
    return [];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    console.log(
      `the tenant has no retention policy "${RetentionPolicy}"; mailbox ${address} keeps the policy that it has`,
    );
    return ["retentionPolicy"];
  }
}
