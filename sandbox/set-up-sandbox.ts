import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Agent } from "undici";
import { afterAll, beforeAll } from "vitest";
import { type Sandbox, startSandbox } from "./start.ts";

/** A running sandbox, the folder of its keys, and a dispatcher that trusts its certificate. */
type RunningSandbox = { dir: string; sandbox: Sandbox; dispatcher: Agent };

/** Starts a sandbox in a folder of its own for the tests of a file, and ends it after them. */
export function setUpSandbox(onReady: (running: RunningSandbox) => void): void {
  let running: RunningSandbox;
  beforeAll(async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "sandbox-"));
    const sandbox = await startSandbox({ dir });
    running = { dir, sandbox, dispatcher: new Agent({ connect: { ca: await readFile(sandbox.caFile, "utf8") } }) };
    onReady(running);
  });
  afterAll(async () => {
    await running.sandbox.close();
    await running.dispatcher.destroy();
    await rm(running.dir, { recursive: true });
  });
}
