import { randomInt } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { isUnknown } from "../host/props.ts";

export interface PasswordInputs {
  /** Another one draws another password. */
  readonly generation: number;
}

export interface PasswordOutputs extends PasswordInputs {
  readonly value: string;
}

/**
 * The kind `Password`: a random text that is kept in state alone. It makes no request; the resources that use it set it.
 */
export function password() {
  return {
    async check(_olds: Partial<PasswordInputs>, news: PasswordInputs) {
      return { inputs: news, failures: [] };
    },

    /** Never a replacement, so that it can be protected and changed all the same. */
    async diff(_id: string, olds: PasswordOutputs, news: PasswordInputs) {
      return { changes: isUnknown(news) || olds.generation !== news.generation };
    },

    async create({ generation }: PasswordInputs) {
      return { id: "password", outs: drawn(generation) };
    },

    async read(id: string, olds: PasswordOutputs) {
      return { id, props: olds, inputs: { generation: olds.generation } };
    },

    async update(_id: string, _olds: PasswordOutputs, { generation }: PasswordInputs) {
      return { outs: drawn(generation) };
    },

    async delete() {},
  } satisfies pulumi.dynamic.ResourceProvider;
}

const drawn = (generation: number): PasswordOutputs => ({ generation, value: drawPassword() });

/** No characters that look alike (0 and O, 1, l and I), as people type them into devices. */
const CHARACTERS = [..."abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"];
/** Each character is worth 5.8 bits. */
const LENGTH = 24;
const KINDS = [/[a-z]/, /[A-Z]/, /\d/];

/**
 * Draws a password that Entra accepts: Entra requires three kinds of character.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy (password policies)
 */
export function drawPassword(): string {
  for (;;) {
    const drawn = Array.from({ length: LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]);
    const password = drawn.join("");
    if (KINDS.every((kind) => kind.test(password))) return password;
  }
}
