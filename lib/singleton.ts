const registry = globalThis as unknown as { [key: symbol]: unknown };

/**
 * One instance per process of what `create` makes, whichever copy of the module asks. Next bundles lib/ a second time
 * into the process of server.ts; pools, caches and counters must not exist twice.
 */
export function singleton<T>(name: string, create: () => T): T {
  const key = Symbol.for(`sallyport.${name}`);
  registry[key] ??= create();
  return registry[key] as T;
}
