import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { waitFor } from "./wait-for.ts";

// The same cluster through all tests: each leaves it stopped, and the data survive.
let dataDir = "";
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sallyport-postgres-"));
  // For root: Postgres' own user must get through.
  chmodSync(dataDir, 0o711);
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const postmasterFile = () => join(dataDir, "postgres", "data", "postmaster.pid");
const readPid = () => Number(readFileSync(postmasterFile(), "utf8").split("\n")[0]);

/** A portal that starts the database and is killed. */
async function startAndDie(): Promise<void> {
  const module = resolve("scripts/embedded-postgres.ts");
  const code = `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)}); await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} }); process.kill(process.pid, "SIGKILL");`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", code];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
}

test("the first start makes a database, for this machine and with a password only", async () => {
  const postgres = await startEmbeddedPostgres({ dataDir });
  await query(postgres.url, "create table kept (id int); insert into kept values (1)");
  expect(new URL(postgres.url).hostname).toBe("127.0.0.1");
  await expect(query(postgres.url.replace(/:[0-9a-f]+@/, ":wrong@"), "select 1")).rejects.toThrow(/password/);
  expect(statSync(join(dataDir, "postgres.password")).mode & 0o777).toBe(0o600);
  await postgres.stop();
  expect(() => readPid()).toThrow();
});

test("a server that a killed portal left behind is taken over, and stopped in the end", async () => {
  await startAndDie();
  const left = readPid();
  const postgres = await startEmbeddedPostgres({ dataDir });
  expect(readPid()).toBe(left);
  expect(await query(postgres.url, "select id from kept")).toEqual([{ id: 1 }]);
  await postgres.stop();
  await expect(query(postgres.url, "select 1")).rejects.toThrow(/ECONNREFUSED/);
});

test("a server that was killed itself is started again", async () => {
  await startAndDie();
  process.kill(readPid(), "SIGKILL");
  const postgres = await startEmbeddedPostgres({ dataDir });
  expect(await query(postgres.url, "select id from kept")).toEqual([{ id: 1 }]);
  await postgres.stop();
});

test("a server that is killed while the portal runs is started again at the same URL", async () => {
  const lines: string[] = [];
  const postgres = await startEmbeddedPostgres({ dataDir, report: (line) => lines.push(line) });
  for (let n = 0; n < 2; n += 1) {
    const killed = readPid();
    process.kill(killed, "SIGKILL");
    // Queries succeed a moment before the restart is over; the next kill must not be a part of it.
    await waitFor(() => expect(lines.filter((line) => line === "The database runs again.")).toHaveLength(n + 1));
    expect(await waitFor(() => query(postgres.url, "select id from kept"))).toEqual([{ id: 1 }]);
    expect(readPid()).not.toBe(killed);
  }
  expect(lines.filter((line) => line === "The database ended; it starts again.")).toHaveLength(2);
  await postgres.stop();
  expect(() => readPid()).toThrow();
});

test("a postmaster.pid whose pid is another program's now is no obstacle", async () => {
  writeFileSync(postmasterFile(), `${process.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n\nready\n`);
  const postgres = await startEmbeddedPostgres({ dataDir });
  expect(readPid()).not.toBe(process.pid);
  await postgres.stop();
});

test("a taken port is left alone", async () => {
  const port = Number(readFileSync(join(dataDir, "postgres", "port"), "utf8"));
  const other = createServer();
  // Unless it's in use already.
  await new Promise<unknown>((done) => other.once("error", done).listen(port, "127.0.0.1", () => done(null)));
  const postgres = await startEmbeddedPostgres({ dataDir });
  expect(Number(new URL(postgres.url).port)).not.toBe(port);
  await postgres.stop();
  other.close();
});

test("a second portal on the same data is refused while the first one runs", async () => {
  const postgres = await startEmbeddedPostgres({ dataDir });
  await expect(startEmbeddedPostgres({ dataDir, lockWaitMs: 0 })).rejects.toThrow(/already running with the data in/);
  expect(await query(postgres.url, "select 1 as one")).toEqual([{ one: 1 }]);
  await postgres.stop();
});
