import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "./free-port.ts";
import { killProcess } from "./kill-process.ts";
import { requireProgram } from "./programs.ts";

export type Haproxy = {
  url: string;
  /** How many requests each server got, by its port. */
  count: () => Promise<Record<number, number>>;
  /** Whether it sends requests to a server. */
  isUp: (port: number) => Promise<boolean>;
  close: () => Promise<void>;
};

type Options = {
  /** Where it listens; any free port if unset. */
  port?: number;
  /** How often it looks at /readyz: 200 ms, so that a test is quick, if unset. */
  inter?: string;
};

/**
 * Runs haproxy in front of web processes, with the very settings of docs/runbook.md but for addresses, and with time limits that a
 * slow machine can't reach.
 * @param ports of the web processes.
 * @throws Error when it is not installed.
 */
export async function startHaproxy(ports: readonly number[], options: Options = {}): Promise<Haproxy> {
  const program = requireProgram("haproxy");
  const { port = await findFreePort(), inter = "200ms" } = options;
  const folder = mkdtempSync(join(tmpdir(), "sallyport-haproxy-"));
  const settings = join(folder, "haproxy.cfg");
  writeFileSync(settings, adaptSettings(ports, port, inter));
  const child = spawn(program, ["-db", "-f", settings], { stdio: ["ignore", "ignore", "pipe"] });
  const endWithUs = () => child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const url = `http://127.0.0.1:${port}`;
  const close = async () => {
    process.off("exit", endWithUs);
    await killProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  /** A column of its statistics, by the port of the server. */
  const read = async (column: string): Promise<Record<number, string>> => {
    const lines = (await (await fetch(`${url}/haproxy;csv`)).text()).split("\n").map((line) => line.split(","));
    const at = lines[0]?.indexOf(column) ?? -1;
    const own = lines.filter(([, name]) => name?.startsWith("web-"));
    return Object.fromEntries(own.map((line) => [Number(line[1]?.slice(4)), line[at] ?? ""]));
  };
  const count = async () =>
    Object.fromEntries(Object.entries(await read("stot")).map(([server, total]) => [server, Number(total)]));
  const isUp = async (server: number) => (await read("status"))[server]?.startsWith("UP") ?? false;
  await untilReady(child, url).catch(async (err) => {
    await close();
    throw err;
  });
  return { url, count, isUp, close };
}

/** The settings that the runbook shows, for these ports. */
function adaptSettings(ports: readonly number[], port: number, inter: string): string {
  const shown = /^```haproxy\n([^`]+)^```$/m.exec(readFileSync("docs/runbook.md", "utf8"))?.[1] ?? "";
  const servers = ports.map((each) => `  server web-${each} 127.0.0.1:${each}\n`).join("");
  const count = "  stats enable\n  stats uri /haproxy\n";
  return shown
    .replace(/^ {2}bind .*\n/m, `  bind 127.0.0.1:${port}\n${count}`)
    .replace(/check inter \S+/, `check inter ${inter}`)
    .replaceAll(/^( {2}timeout \S+) .*$/gm, "$1 300s")
    .replace(/(^ {2}server .*\n)+/m, servers);
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  let said = "";
  child.stderr?.on("data", (chunk) => (said = `${said}${chunk}`.slice(-2000)));
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`haproxy ended with ${code}: ${said}`)));
  });
  ended.catch(() => undefined);
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await Promise.race([ended, isReady()]))) await new Promise((resolve) => setTimeout(resolve, 30));
}
