const environmentKey = Symbol.for("sallyport.test.environment");
const shared = globalThis as unknown as {
  [environmentKey]?: Record<string, string | undefined>;
  [key: symbol]: unknown;
};
if (!shared[environmentKey]) {
  shared[environmentKey] = { ...process.env };
  process.env = withRereading(process.env);
}
const environment = shared[environmentKey];

/** Gives this process the environment back that it began with, and drops all instances. */
export function startAfresh(): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  getInstances()?.clear();
}

/** Something that an earlier file left running can read the environment before a file has set it. */
function withRereading(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const forget = () => getInstances()?.delete("env");
  return new Proxy(variables, {
    set(target, name: string, value: string) {
      forget();
      target[name] = value;
      return true;
    },
    deleteProperty(target, name: string) {
      forget();
      return delete target[name];
    },
  });
}

/** Those of lib/platform/env/singleton.ts, which isn't imported here: it would be loaded before the environment is set. */
function getInstances(): Map<string, unknown> | undefined {
  return shared[Symbol.for("sallyport.singletons")] as Map<string, unknown> | undefined;
}
