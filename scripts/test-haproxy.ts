import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "./free-port.ts";
import { requireProgram } from "./programs.ts";

export type Haproxy = {
  url: string;
  /** How many requests each server got, by its port. */
  count: () => Promise<Record<number, number>>;
  close: () => Promise<void>;
};

/**
 * Runs haproxy in front of web processes, as docs/reliability.md shows it; it only looks at /readyz more often.
 * @param ports of the web processes.
 * @throws Error when it is not installed.
 */
export async function startHaproxy(ports: readonly number[]): Promise<Haproxy> {
  const program = requireProgram("haproxy");
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), "sallyport-haproxy-"));
  const settings = join(folder, "haproxy.cfg");
  const servers = ports.map((each) => `  server web-${each} 127.0.0.1:${each}`);
  writeFileSync(
    settings,
    `defaults
  mode http
  timeout connect 2s
  timeout client 90s
  timeout server 90s
  timeout check 5s
  option redispatch 1
  retries 3
frontend portal
  bind 127.0.0.1:${port}
  stats enable
  stats uri /haproxy
  default_backend web
backend web
  balance roundrobin
  option httpchk GET /readyz
  default-server check inter 200ms fall 2 rise 1
${servers.join("\n")}
`,
  );
  const child = spawn(program, ["-db", "-f", settings], { stdio: ["ignore", "ignore", "pipe"] });
  const endWithUs = () => child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const url = `http://127.0.0.1:${port}`;
  const close = async () => {
    process.off("exit", endWithUs);
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const count = async () => {
    const lines = (await (await fetch(`${url}/haproxy;csv`)).text()).split("\n").map((line) => line.split(","));
    const total = lines[0]?.indexOf("stot") ?? -1;
    const own = lines.filter(([, name]) => name?.startsWith("web-"));
    return Object.fromEntries(own.map((line) => [Number(line[1]?.slice(4)), Number(line[total])]));
  };
  await untilReady(child, url).catch(async (err) => {
    await close();
    throw err;
  });
  return { url, count, close };
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
