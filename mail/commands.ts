// Commands in what a rule says. A rule that knows no stack writes `--stack NAME` and `--sender SENDER`, as the help texts do.

/**
 * Puts a stack's name into the commands of a text.
 *
 * @param stack `prod`, or `organization/project/prod`
 */
export const nameStack = (text: string, stack: string): string =>
  text.replaceAll("--stack NAME", `--stack ${stack}`);

/** Puts a sender's name into the commands of a text. */
export const nameSender = (text: string, sender: string): string =>
  text.replaceAll("--sender SENDER", `--sender ${sender}`);
