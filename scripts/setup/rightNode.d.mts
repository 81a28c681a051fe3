/** Says whether a version is at least the one that `range` (">=24.5") names. */
export function satisfies(version: string, range: string): boolean;
