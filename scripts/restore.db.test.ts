import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureFirstAdmin } from "#lib/access/accounts/admins.ts";
import { createNode } from "#lib/access/nodes/create-node.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { credentialInput } from "#lib/oauth/credentials/schema.ts";
import { stageSecret } from "#lib/oauth/rotation/stage-secret.ts";
import { closeDb } from "#lib/platform/db/client.ts";
import { migrateDatabase } from "#lib/platform/migrations/migrate.ts";
import { dumpDatabase } from "./dump-database.ts";
import { findFreePort } from "./free-port.ts";
import { requireProgram } from "./programs.ts";
import { findProgram } from "./test-programs.ts";
import { waitFor } from "./wait-for.ts";

// The commands of docs/runbook.md, pasted into a shell, against a Postgres with clients of its own version.

const folder = mkdtempSync(join(tmpdir(), "sallyport-restore-"));
let bin = "";
let port = 0;
let server: ChildProcess | undefined;
let owner: { uid?: number; gid?: number } = {};
const url = (database: string) => `postgres://sallyport@127.0.0.1:${port}/${database}`;

/** Blocks of shell commands below a heading of the runbook. */
function readCommands(heading: string): string[] {
  const [, section = ""] = readFileSync("docs/runbook.md", "utf8").split(`\n## ${heading}\n`);
  return [...section.split("\n## ")[0]!.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block!);
}

function runShell(commands: string, environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-euo", "pipefail", "-c", commands], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      NODE_ENV: "test",
      PATH: [bin, process.env.PATH].join(delimiter),
      PGHOST: "127.0.0.1",
      PGPORT: String(port),
      PGUSER: "sallyport",
      // Of programs that were only unpacked (scripts/programs.ts).
      ...(process.env.LD_LIBRARY_PATH && { LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH }),
      ...environment,
    },
  });
  return { status, output: stdout + stderr };
}

/** A command of the portal on the restored database. */
function runScript(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, DATABASE_URL: url("sallyport_restored") },
  });
  return { status, output: stdout + stderr };
}

beforeAll(async () => {
  bin = requireProgram("postgresql");
  port = await findFreePort();
  if (process.getuid?.() === 0) {
    const [uid, gid] = ["-u", "-g"].map((flag) =>
      Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout),
    );
    owner = { uid, gid };
    chownSync(folder, uid!, gid!);
  }
  const data = join(folder, "data");
  const made = spawnSync(join(bin, "initdb"), ["-D", data, "-U", "sallyport", "--auth=trust"], {
    ...owner,
    cwd: folder,
  });
  expect(made.status, made.stderr?.toString()).toBe(0);
  server = spawn(
    join(bin, "postgres"),
    ["-D", data, "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
    { ...owner, cwd: folder, stdio: "ignore" },
  );
  await waitFor(() => expect(runShell("pg_isready").status).toBe(0));
  expect(runShell("createdb sallyport").status).toBe(0);
  Object.assign(process.env, {
    DATABASE_URL: url("sallyport"),
    SALLYPORT_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString("base64")}`,
    NEXTAUTH_SECRET: "x".repeat(40),
    SALLYPORT_ADMIN_PASSWORD: "the first admin's password",
    SALLYPORT_LOG_LEVEL: "silent",
  });
  await migrateDatabase(url("sallyport"));
  await ensureFirstAdmin();
});

afterAll(async () => {
  await closeDb();
  const gone = new Promise((done) => server?.once("exit", done));
  server?.kill("SIGQUIT");
  await gone;
  rmSync(folder, { recursive: true, force: true });
});

test("what the runbook backs up it restores, secrets, audit chain, partitions and all", async () => {
  const ctx = systemContext("Tester");
  const node = await createNode(ctx, { name: "Plant 7", parentId: null });
  const input = transportInput.parse({
    name: "Orders",
    nodeId: node.id,
    type: "HTTP",
    http: { url: "https://orders.example.com", method: "POST", headers: [] },
    authorization: { kind: "basic", username: "plant7", password: "a sealed password" },
  });
  await createTransport(ctx, input);
  const orders = { name: "Orders API", type: "application", endpointUrl: "https://idp.example.com/token" };
  const { id } = await createCredential(
    ctx,
    credentialInput.parse({ ...orders, clientId: "orders", clientSecret: "the present secret", scope: "api" }),
  );
  await stageSecret(ctx, id, { clientSecret: "the next secret" });
  const before = await dumpDatabase();

  const [[backup], [restore]] = [readCommands("Back up"), readCommands("Restore")];
  // The day of the example, so that both use one file and no day passes in between.
  const [day] = /\d{4}-\d{2}-\d{2}/.exec(restore!)!;
  const backedUp = runShell(`date() { echo ${day}; }\n${backup}`, { DATABASE_URL: url("sallyport") });
  expect(backedUp).toEqual({ status: 0, output: "readable\n" });
  expect(runShell(restore!)).toEqual({ status: 0, output: "" });

  const client = new pg.Client({ connectionString: url("sallyport_restored") });
  await client.connect();
  for (const [table, rows] of Object.entries(before)) {
    const { rows: found } = await client.query<{ row: string }>(`select t::text as row from ${table} t`);
    expect(
      found
        .map(({ row }) => row)
        .sort()
        .join("\n"),
      table,
    ).toBe(rows.split("\n").sort().join("\n"));
  }
  await client.end();

  // A start brings it to this version's tables, which they are.
  await migrateDatabase(url("sallyport_restored"));
  expect(runScript(findProgram("scripts/audit.ts"), "verify")).toMatchObject({ status: 0 });
  const keys = runScript(findProgram("scripts/keys.ts"), "list");
  expect(keys).toEqual({ status: 0, output: expect.stringMatching(/encrypts and opens +3 stored secrets/) });
});
