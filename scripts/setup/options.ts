import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/**
 * Reads a script's options: `--help` prints the help and ends with 0, an option that it does not know ends with 2
 * and says which.
 *
 * @param script the script's name, for the message
 */
export function readOptions<const T extends ParseArgsOptionsConfig>(
  script: string,
  help: string,
  options: T,
) {
  if (process.argv.slice(2).some((argument) => ["--help", "-h"].includes(argument))) {
    console.log(help);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    process.stderr.write(`${script}: ${(error as Error).message}\n\n${help}\n`);
    process.exit(2);
  }
}
