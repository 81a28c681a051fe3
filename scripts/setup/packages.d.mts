/** Says whether npm has installed what package-lock.json asks for, with or without the development packages. */
export function isInstalled(root: string, dev: boolean): boolean;
