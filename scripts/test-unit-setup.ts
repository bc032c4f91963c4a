// The files of unit tests share workers and loaded modules, which makes them fast. Each begins with the worker's environment and without
// the instances that earlier files made (lib/singleton.ts).
const key = Symbol.for("sallyport.test.environment");
const shared = globalThis as unknown as Record<symbol, Record<string, string | undefined> | undefined>;
shared[key] ??= { ...process.env };
const environment = shared[key];

for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
Object.assign(process.env, environment);
(globalThis as unknown as Record<symbol, Map<string, unknown> | undefined>)[
  Symbol.for("sallyport.singletons")
]?.clear();
