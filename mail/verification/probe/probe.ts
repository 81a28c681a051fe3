import type { ClientSettings, Way } from "../../clients/settings.ts";

/** A message to be sent once from the sender's own machine. */
export interface ProbeOrder {
  readonly settings: ClientSettings;
  readonly to: readonly string[];
  /** With its angle brackets. */
  readonly id: string;
  /** The message without Date, a line each: that is of the moment when it is sent. */
  readonly undated: readonly string[];
  /** The command that follows the message. */
  readonly follow: string;
}

/** What a probe can be written for. */
export interface ProbeClient {
  readonly name: string;
  /** The ways that it can send by. */
  readonly ways: readonly Way[];
  /** Whether this project's tests send by what is printed. */
  readonly tested: boolean;
  readonly text: (order: ProbeOrder) => string;
}

/** What a probe says at its beginning, a line each. */
export function headLines({ settings, id }: ProbeOrder, needed: string): string[] {
  const { sender, host, port, needs } = settings;
  return [
    `Sends one message as "${sender}", prints the dialogue without secrets, and then its Message-ID. Run it on the sender's machine.`,
    `Message-ID: ${id}`,
    `Needs ${needed}.`,
    ...needs,
    `With CONNECT_TO=HOST:PORT in the environment it connects there in place of ${host}:${port}, for a tunnel; with LOCAL_ADDRESS=ADDRESS it connects from that address.`,
  ];
}
