// A text as each format of a configuration writes it.

/** A word of a POSIX shell; single quotes where it needs any. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A string of JavaScript, Python, Java, C# and Go, and of curl's configuration file, for text without control characters. */
export const doubleQuoted = (text: string): string => JSON.stringify(text);

/** A string of PHP in which nothing is expanded. */
export const phpString = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

/** A value in Postfix's main.cf, which expands `$name`. */
export const postfixValue = (text: string): string => text.replaceAll("$", "$$$$");

/** A text in Exim's configuration within a list that it expands. `^` stands for a NUL in client_send. */
export const eximText = (text: string): string =>
  text.replace(/[\\$]/g, "\\$&").replace(/[:^]/g, "$&$&");
