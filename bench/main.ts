import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runs } from "#drizzle/schema/runs.ts";
import { startTask } from "#lib/platform/background/task.ts";
import { watchChanges } from "#lib/platform/db/changes.ts";
import { closeDb, getDb } from "#lib/platform/db/client.ts";
import { migrateDatabase } from "#lib/platform/migrations/migrate.ts";
import { closePools } from "#lib/platform/net/pools.ts";
import { buildPages } from "#scripts/build-pages.ts";
import { startEmbeddedPostgres } from "#scripts/embedded-postgres.ts";
import { findFreePort } from "#scripts/free-port.ts";
import type { SandboxPlaces } from "#scripts/sandbox-process.ts";
import { startProcess, untilReady } from "./children.ts";
import { benchLists } from "./lists.ts";
import { type Measurement, measure } from "./measure.ts";
import { measureRefresh } from "./refresh.ts";
import { makeSample, type Sample } from "./sample.ts";
import { makeScenarios, type Scenario } from "./scenarios.ts";
import { measureSchedules } from "./schedules.ts";
import type { SoapModelFigures } from "./soap-models.ts";
import { formatNumber, formatTable } from "./table.ts";
import { measureTokenCache } from "./token-cache.ts";

// npm run bench: everything on this machine, each part in a process of its own, all compared in one run.
const { values: options } = parseArgs({
  options: {
    /** Seconds of each measurement. */
    seconds: { type: "string", default: "3" },
    /** How often each measurement is made; the median counts. */
    rounds: { type: "string", default: "3" },
    /** Credentials that are due at once. */
    refresh: { type: "string", default: "10000" },
    /** Schedules that are due in the same second. */
    schedules: { type: "string", default: "1000" },
    "at-once": { type: "string", default: "1,8,32,128" },
    /** Measures the lists and the dashboard instead, over so many rows. */
    lists: { type: "boolean", default: false },
    credentials: { type: "string", default: "10000" },
    runs: { type: "string", default: "300000" },
    events: { type: "string", default: "100000" },
    days: { type: "string", default: "30" },
    /** Only the parts and scenarios whose name holds this text. */
    only: { type: "string", default: "" },
    /** Node options of the portal's process, such as --cpu-prof. */
    "portal-node-options": { type: "string", default: "" },
    /** Takes the pages as they were built, whatever changed since. */
    "as-built": { type: "boolean", default: false },
  },
});
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
const levels = options["at-once"].split(",").map(Number);

const dataDir = join(".data", "bench");
rmSync(dataDir, { recursive: true, force: true });
mkdirSync(dataDir, { recursive: true, mode: 0o711 });
const stops: (() => Promise<void>)[] = [];
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void end(130));
try {
  await (options.lists ? benchRows() : bench());
  await end(0);
} catch (err) {
  console.error(err);
  await end(1);
}

/** Stops what was started, the last one first, and ends. */
async function end(code: number): Promise<never> {
  for (const stop of stops.splice(0).reverse()) await stop().catch((err) => console.error(err));
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(code);
}

async function bench(): Promise<void> {
  if (!options["as-built"]) await buildPages(console.log);
  const postgres = await startEmbeddedPostgres({ dataDir });
  stops.push(postgres.stop);
  await migrateDatabase(postgres.url);
  const sandbox = startProcess("sandbox/main.ts", ["--dir", join(dataDir, "sandbox")], {
    ...process.env,
    NODE_ENV: "production",
    SANDBOX_IDP_PORT: "0",
    SANDBOX_SERVICE_PORT: "0",
    SANDBOX_SERVICE_TLS_PORT: "0",
  });
  stops.push(sandbox.stop);
  const places = (await sandbox.firstMessage) as SandboxPlaces;

  const apiKey = `bench_${randomBytes(24).toString("hex")}`;
  const port = await findFreePort();
  Object.assign(process.env, {
    NODE_ENV: "production",
    PORT: String(port),
    DATABASE_URL: postgres.url,
    SALLYPORT_DATA_DIR: dataDir,
    SALLYPORT_ENCRYPTION_KEYS: `bench:${randomBytes(32).toString("base64")}`,
    NEXTAUTH_SECRET: randomBytes(32).toString("hex"),
    SALLYPORT_API_KEY: apiKey,
    SALLYPORT_EXTRA_CA: places.caFile,
    SALLYPORT_EGRESS: "allow:loopback",
    SALLYPORT_LOG_LEVEL: "error",
  });
  const watching = startTask(watchChanges);
  stops.push(async () => {
    await watching.stop();
    await closePools();
    await closeDb();
  });
  const sample = await makeSample(places);

  const portal = startProcess("server.ts", [], process.env, options["portal-node-options"].split(" ").filter(Boolean));
  stops.push(portal.stop);
  const secondPort = await findFreePort();
  const second = startProcess("server.ts", [], { ...process.env, PORT: String(secondPort) });
  stops.push(second.stop);
  const plain = startProcess("bench/plain-server.ts", [sample.url, sample.token.accessToken], process.env);
  stops.push(plain.stop);
  await untilReady(`http://localhost:${port}/readyz`, portal.ended);
  await untilReady(`http://localhost:${secondPort}/readyz`, second.ended);
  const plainPort = ((await plain.firstMessage) as { port: number }).port;

  console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}, Postgres 18\n`);
  const parts: Record<string, () => Promise<void>> = {
    "token from memory": () => reportTokenCache(sample, places),
    "large WSDLs": reportSoapModels,
    "refresh of due credentials": reportRefresh,
    "schedules due in one second": () => reportSchedules(sample),
  };
  for (const [name, report] of Object.entries(parts)) if (name.includes(options.only)) await report();
  const scenarios = await makeScenarios(sample, {
    portal: { pid: portal.pid, url: `http://localhost:${port}`, apiKey },
    second: { pid: second.pid, url: `http://localhost:${secondPort}` },
    plain: { pid: plain.pid, url: `http://127.0.0.1:${plainPort}/` },
  });
  const wanted = scenarios.filter((scenario) => scenario.name.includes(options.only));
  if (wanted.length > 0) await compare(wanted);
}

/** The lists and the dashboard over a database of some size. */
async function benchRows(): Promise<void> {
  const settings = { shared_buffers: "1GB", max_wal_size: "8GB", synchronous_commit: "off" };
  const postgres = await startEmbeddedPostgres({ dataDir, settings });
  stops.push(postgres.stop);
  await migrateDatabase(postgres.url);
  Object.assign(process.env, { DATABASE_URL: postgres.url, SALLYPORT_LOG_LEVEL: "error" });
  stops.push(closeDb);
  console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}, Postgres 18\n`);
  const sizes = {
    credentials: Number(options.credentials),
    runs: Number(options.runs),
    events: Number(options.events),
    days: Number(options.days),
  };
  await benchLists(sizes, Math.max(20, rounds * 7));
}

/** What a token from memory takes, beside msal-node's own cache. */
async function reportTokenCache(sample: Sample, places: SandboxPlaces): Promise<void> {
  const token = await measureTokenCache(sample, places);
  const rows = [
    ["lib/oauth/tokens getToken", formatNumber(token.ours), "1.00"],
    ["msal-node, its own cache", formatNumber(token.msal), formatNumber(token.msal / token.ours)],
  ];
  console.log(formatTable(["token from memory", "ns each", "ratio"], rows));
}

/** What large WSDLs take in time and memory, in a process of its own. */
async function reportSoapModels(): Promise<void> {
  const child = startProcess("bench/soap-models.ts", [], process.env, ["--expose-gc"]);
  stops.push(child.stop);
  const soap = (await child.firstMessage) as SoapModelFigures;
  const rows: [string, string][] = [
    [`compile one, of ${soap.megabytes.toFixed(2)} MiB`, `${formatNumber(soap.parseMs)} ms`],
    [`heap with ${soap.count} of them compiled`, `${formatNumber(soap.heapMb)} MiB`],
    ["build an envelope", `${formatNumber(soap.buildNs / 1000)} µs`],
    ["read an answer", `${formatNumber(soap.readNs / 1000)} µs`],
  ];
  console.log(`\n${formatTable(["large WSDLs", ""], rows)}`);
}

/** How fast one worker renews credentials that are all due, beside a loop that only asks for tokens. */
async function reportRefresh(): Promise<void> {
  const { count, bare, worker, cpuPerRenewal, peakMemory } = await measureRefresh(Number(options.refresh));
  const rows = [
    ["token requests alone", formatNumber(bare), "1.00", "", ""],
    [
      "renewed by one worker",
      formatNumber(worker),
      (worker / bare).toFixed(2),
      formatNumber(cpuPerRenewal),
      formatNumber(peakMemory),
    ],
  ];
  const title = `refresh of ${count.toLocaleString("en")} due credentials`;
  console.log(`\n${formatTable([title, "per second", "ratio", "CPU µs", "peak MiB"], rows)}`);
}

/** How late one worker starts the runs of schedules that are due in the same second. */
async function reportSchedules(sample: Sample): Promise<void> {
  const { count, p50, p99 } = await measureSchedules(sample, Number(options.schedules));
  const rows = [[count.toLocaleString("en"), formatNumber(p50), formatNumber(p99)]];
  console.log(`\n${formatTable(["schedules due in one second", "late p50 ms", "late p99 ms"], rows)}`);
}

async function compare(scenarios: Scenario[]): Promise<void> {
  for (const atOnce of levels) {
    const results = new Map<string, Measurement[]>(scenarios.map(({ name }) => [name, []]));
    for (const { call, cpu } of scenarios) await measure({ atOnce, seconds: 1, call, cpu });
    for (let round = 0; round < rounds; round++) {
      for (const { name, call, cpu, records } of scenarios) {
        const before = await getDb().$count(runs);
        const measurement = await measure({ atOnce, seconds, call, cpu });
        results.get(name)!.push(measurement);
        const recorded = (await getDb().$count(runs)) - before;
        if (recorded !== (records ? measurement.calls : 0)) {
          throw new Error(`${name}: ${measurement.calls} calls left ${recorded} rows`);
        }
      }
    }
    console.log(`\n${printLevel(atOnce, scenarios, results)}`);
  }
}

function printLevel(atOnce: number, scenarios: Scenario[], results: Map<string, Measurement[]>): string {
  const medians = scenarios.map(({ name }) => {
    const all = results.get(name)!.sort((one, other) => one.perSecond - other.perSecond);
    return all[Math.floor(all.length / 2)]!;
  });
  const reference = medians[0]!.perSecond;
  const rows = medians.map((median, index) => [
    scenarios[index]!.name,
    formatNumber(median.perSecond),
    (median.perSecond / reference).toFixed(2),
    formatNumber(median.p50),
    formatNumber(median.p99),
    formatNumber(median.cpuPerCall),
  ]);
  return formatTable([`${atOnce} at once`, "per second", "ratio", "p50 ms", "p99 ms", "CPU µs"], rows);
}
