import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { waitFor } from "#scripts/wait-for.ts";
import { createThreadPool } from "./thread-pool.ts";

const file = "lib/platform/threads/test-tasks.ts";
const patient = 600_000;
const exceeded = (reason: string) => new AppError("wsdl_too_large", `It ${reason}.`);

function open(options: Parameters<typeof createThreadPool>[0] = {}) {
  const pool = createThreadPool({ maxThreads: 2, ...options });
  const run = (
    name: string,
    args: unknown[] = [],
    { ms = patient, signal }: { ms?: number; signal?: AbortSignal } = {},
  ) => pool.run({ file, name, args }, { ms, exceeded, ...(signal && { signal }) });
  return { ...pool, run };
}

test("work beyond its time ends with its own error, and what waits behind it is done", async () => {
  const { run } = open({ maxThreads: 1 });
  const endless = run("work", [patient], { ms: 20 });
  const next = [run("double", [2]), run("double", [3])];
  await expect(endless).rejects.toMatchObject({ code: "wsdl_too_large", message: "It takes longer than 0.02 s." });
  expect(await Promise.all(next)).toEqual([4, 6]);
});

test("work beyond its memory ends with its own error, and nobody else's", async () => {
  const { run, size } = open({ memoryMb: 32 });
  const others = Array.from({ length: 20 }, (_, index) => run("double", [index]));
  await expect(run("fillMemory")).rejects.toMatchObject({
    code: "wsdl_too_large",
    message: "It needs more than 32 MB of memory.",
  });
  expect(await Promise.all(others)).toEqual(others.map((_, index) => index * 2));
  expect(await run("double", [1])).toBe(2);
  expect(size()).toBeLessThanOrEqual(2);
});

test("threads that are killed in turn lose no other caller's work", async () => {
  const { run } = open();
  const doomed = Array.from({ length: 10 }, () => run("endThread"));
  const fine = Array.from({ length: 40 }, (_, index) => run("double", [index]));
  for (const each of await Promise.allSettled(doomed)) expect(each.status).toBe("rejected");
  expect(await Promise.all(fine)).toEqual(fine.map((_, index) => index * 2));
});

test("an error keeps its code, hint, fields, and details; an unexpected one is internal", async () => {
  const { run } = open();
  await expect(run("fail", ["No."])).rejects.toMatchObject({
    name: "AppError",
    code: "invalid_input",
    message: "No.",
    hint: "A hint.",
    fields: [{ field: "a.b", message: "No." }],
    details: { status: 1 },
  });
  await expect(run("breakDown")).rejects.toMatchObject({ code: "internal", expose: false });
  await expect(run("returnFunction")).rejects.toMatchObject({ code: "internal" });
  await expect(run("double", [() => 1])).rejects.toThrow(/could not be cloned/);
  expect(await run("sizeOf", [new Uint8Array(5)])).toBe(5);
});

test("more work than can wait is refused", async () => {
  const { run } = open({ maxThreads: 1, maxQueued: 2 });
  const aborted = new AbortController();
  const running = run("work", [patient], { signal: aborted.signal });
  const waiting = [run("double", [1]), run("double", [2])];
  await expect(run("double", [3])).rejects.toMatchObject({ code: "too_many_in_progress", retryable: true });
  aborted.abort(new Error("not needed"));
  await expect(running).rejects.toThrow("not needed");
  expect(await Promise.all(waiting)).toEqual([2, 4]);
});

test("work that is aborted while it waits is never started", async () => {
  const { run } = open({ maxThreads: 1 });
  const [first, second] = [new AbortController(), new AbortController()];
  const running = run("work", [patient], { signal: first.signal });
  const waiting = run("endThread", [], { signal: second.signal });
  const last = run("double", [4]);
  second.abort(new Error("not needed"));
  await expect(waiting).rejects.toThrow("not needed");
  await expect(run("double", [1], { signal: second.signal })).rejects.toThrow("not needed");
  first.abort(new Error("nor this"));
  await expect(running).rejects.toThrow("nor this");
  expect(await last).toBe(8);
});

test("unused threads end", async () => {
  const { run, size } = open({ idleMs: 1 });
  expect(await run("double", [1])).toBe(2);
  await waitFor(() => expect(size()).toBe(0));
  expect(await run("double", [2])).toBe(4);
});

/** Runs a program that has the pool as `pool`. */
function startProgram(code: string) {
  const imports = `import { createThreadPool } from "#lib/platform/threads/thread-pool.ts";
    import { onShutdown } from "#lib/platform/background/process.ts";
    const pool = createThreadPool();
    const run = (name, args) => pool.run({ file: "${file}", name, args }, { ms: ${patient}, exceeded: () => new Error() });`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", imports + code];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

test("a process ends at SIGTERM whatever its threads do", async () => {
  const program = startProgram(`
    await run("double", [1]);
    void run("work", [${patient}]).catch(() => {});
    void run("double", [1]).catch(() => {});
    onShutdown(async () => {});
    console.log("started");`);
  await once(program.stdout, "data");
  program.kill("SIGTERM");
  expect(await once(program, "exit")).toEqual([0, null]);
});

test("a process whose threads have nothing to do ends by itself, but not before their work is done", async () => {
  const program = startProgram(`run("work", [50]).then(() => console.log("done"));`);
  const [[output], exit] = await Promise.all([once(program.stdout, "data"), once(program, "exit")]);
  expect([String(output).trim(), exit]).toEqual(["done", [0, null]]);
});
