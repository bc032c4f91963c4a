const key = Symbol.for("sallyport.singletons");
const shared = globalThis as unknown as { [key]?: Map<string, unknown> };
shared[key] ??= new Map();
const registry = shared[key];

/**
 * One instance per process of what `create` makes, whichever copy of the module asks. Next bundles lib/ a second time
 * into the process of server.ts; pools, caches and counters must not exist twice.
 */
export function singleton<T>(name: string, create: () => T): T {
  const known = registry.get(name) as T | undefined;
  if (known !== undefined) return known;
  const made = create();
  registry.set(name, made);
  return made;
}
