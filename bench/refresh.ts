import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { gt } from "drizzle-orm";
import { Pool } from "undici";
import { tokens } from "#drizzle/schema/tokens.ts";
import { concurrencyOf } from "#lib/oauth/tokens/provider-queues.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { insertManyCredentials } from "#scripts/many-credentials.ts";
import { cpuOf, startProcess } from "./children.ts";

export type RefreshFigures = {
  count: number;
  /** Token requests per second of the bare loop, and renewals per second of one worker. */
  bare: number;
  worker: number;
  /** Microseconds of the worker's CPU for each renewal; null where it can't be read. */
  cpuPerRenewal: number | null;
  /** MiB, null where it can't be read. */
  peakMemory: number | null;
};

/** How long one worker takes to renew `count` credentials that are due, beside a loop that only asks for as many tokens. */
export async function measureRefresh(count: number): Promise<RefreshFigures> {
  const endpoint = startProcess("bench/token-endpoint.ts", [], process.env);
  const { port } = (await endpoint.firstMessage) as { port: number };
  const url = `http://127.0.0.1:${port}/token`;
  try {
    const bare = await askBarely(url, count);
    const startedAt = new Date();
    await insertManyCredentials(count, url);
    const worker = startProcess("lib/worker.ts", [], process.env);
    try {
      const countFresh = () => getDb().$count(tokens, gt(tokens.acquiredAt, startedAt));
      while ((await countFresh()) === 0) await delay(20);
      const [beganAt, before, cpu] = [performance.now(), await countFresh(), cpuOf(worker.pid)];
      while ((await countFresh()) < count) await delay(100);
      const seconds = (performance.now() - beganAt) / 1000;
      const cpuAfter = cpuOf(worker.pid);
      return {
        count,
        bare,
        worker: (count - before) / seconds,
        cpuPerRenewal: cpu === null || cpuAfter === null ? null : (cpuAfter - cpu) / (count - before),
        peakMemory: peakMemoryOf(worker.pid),
      };
    } finally {
      await worker.stop();
    }
  } finally {
    await endpoint.stop();
  }
}

async function askBarely(url: string, count: number): Promise<number> {
  const { origin, pathname } = new URL(url);
  const atOnce = concurrencyOf(getEnv().SALLYPORT_TOKEN_REQUESTS_PER_HOST);
  const pool = new Pool(origin, { connections: atOnce });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = "grant_type=client_credentials&scope=api&client_id=client&client_secret=a+secret";
  let left = count;
  const loop = async () => {
    while (left-- > 0) {
      const answer = await pool.request({ path: pathname, method: "POST", headers, body });
      JSON.parse(await answer.body.text());
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, loop));
  const seconds = (performance.now() - began) / 1000;
  await pool.close();
  return count / seconds;
}

/** The most memory that a process ever held (proc_pid_status(5), VmHWM), in MiB. */
function peakMemoryOf(pid: number): number | null {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) / 1024;
  } catch {
    return null;
  }
}
