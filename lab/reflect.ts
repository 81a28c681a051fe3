/**
 * The three functions of the Reflect metadata proposal that tsyringe (inside @peculiar/x509) calls.
 * It refuses to load without them, and the package that has them all is not among ours.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

function defineMetadata(key: unknown, value: unknown, target: object): void {
  const own = metadata.get(target) ?? new Map<unknown, unknown>();
  metadata.set(target, own.set(key, value));
}

function getOwnMetadata(key: unknown, target: object): unknown {
  return metadata.get(target)?.get(key);
}

if (!("getMetadata" in Reflect)) {
  Object.assign(Reflect, { defineMetadata, getMetadata: getOwnMetadata, getOwnMetadata });
}
