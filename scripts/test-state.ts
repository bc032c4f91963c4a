const environmentKey = Symbol.for("sallyport.test.environment");
const shared = globalThis as unknown as {
  [environmentKey]?: Record<string, string | undefined>;
  [key: symbol]: unknown;
};
shared[environmentKey] ??= { ...process.env };
const environment = shared[environmentKey];

/** Gives this process the environment back that it began with, and drops all instances. */
export function startAfresh(): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  getInstances()?.clear();
}

/** Lets this process read its environment again, and keep its other instances. */
export function rereadEnvironment(): void {
  getInstances()?.delete("env");
}

/** Those of lib/platform/env/singleton.ts, which isn't imported here: it would be loaded before the environment is set. */
const getInstances = () => shared[Symbol.for("sallyport.singletons")] as Map<string, unknown> | undefined;
