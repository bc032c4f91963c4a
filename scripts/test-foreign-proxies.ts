import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "./free-port.ts";
import { killProcess } from "./kill-process.ts";
import { requireProgram } from "./programs.ts";

/** Somebody else's proxy in a process of its own, and what it wrote into its log. */
export type ForeignProxy = {
  /** `http://localhost:PORT` or `https://…`, without user and password. */
  url: string;
  /** What it wants where it wants some. */
  user: { username: string; password: string };
  readLog: () => string;
  close: () => Promise<void>;
};

type KeyAndCertificate = { key: string; cert: string };

/** With characters that proxies and their headers may stumble on. */
const user = { username: "anna", password: "p:ss%41w~rd" };
/** tinyproxy takes plain ones only. */
const plainUser = { username: "anna", password: "pass-w.rd_7" };
/** A host that Squid and tinyproxy do not let through. */
export const refusedHost = "refused.example.test";

/** Squid with one port for everybody, one that wants a user and a password, and one for everybody over TLS; all write one log. */
export async function startSquid(
  tls: KeyAndCertificate,
): Promise<Record<"open" | "locked" | "secure", ForeignProxy> & { close: () => Promise<void> }> {
  const program = requireProgram("squid");
  const folder = makeFolder();
  const log = join(folder, "access.log");
  writeFileSync(join(folder, "tls.pem"), `${tls.cert}\n${tls.key}`);
  // Says OK to the one line of user and password that is right, as Squid hands it over: with some characters escaped.
  const expected = `${user.username} ${user.password.replace("%", "%25").replace("~", "%7E")}`;
  writeFileSync(
    join(folder, "judge"),
    `#!/bin/sh\nwhile read -r line; do if [ "$line" = "${expected}" ]; then echo OK; else echo ERR; fi; done\n`,
    { mode: 0o755 },
  );
  const describeSettings = ([open, locked, secure]: number[]) => `visible_hostname squid.example.test
pid_filename ${folder}/squid.pid
http_port 127.0.0.1:${open} name=open
http_port 127.0.0.1:${locked} name=locked
https_port 127.0.0.1:${secure} name=secure tls-cert=${folder}/tls.pem
auth_param basic program ${folder}/judge
auth_param basic children 1 startup=1
auth_param basic realm Sallyport's tests
acl everybody myportname open secure
acl known proxy_auth REQUIRED
acl refused dstdomain ${refusedHost}
http_access deny refused
http_access allow everybody
http_access allow known
http_access deny all
cache deny all
forwarded_for delete
shutdown_lifetime 0 seconds
pinger_enable off
strip_query_terms off
coredump_dir ${folder}
cache_log ${folder}/cache.log
logformat plain %>Hs %Ss %rm %ru %un
access_log stdio:${log} plain
`;
  const { ports, close } = await startOnFreePorts(3, {
    start: (ports) => {
      writeFileSync(join(folder, "squid.conf"), describeSettings(ports));
      return spawn(program, ["-N", "-f", join(folder, "squid.conf")], { cwd: folder, stdio: "ignore" });
    },
    folder,
    log: join(folder, "cache.log"),
    isReady: (text, ports) =>
      ports.every((port) => new RegExp(`Accepting .*local=127\\.0\\.0\\.1:${port} `).test(text)),
    isPortTaken: (text) => text.includes("Address already in use"),
  });
  const doorOf = (port: number | undefined, scheme = "http") => ({
    url: `${scheme}://localhost:${port}`,
    user,
    readLog: () => readText(log),
    close,
  });
  const [open, locked, secure] = ports;
  return { open: doorOf(open), locked: doorOf(locked), secure: doorOf(secure, "https"), close };
}

/** tinyproxy, for everybody or for a user and a password only. */
export async function startTinyproxy(options: { locked?: boolean } = {}): Promise<ForeignProxy> {
  const program = requireProgram("tinyproxy");
  const folder = makeFolder();
  const log = join(folder, "tinyproxy.log");
  writeFileSync(join(folder, "refused"), `^${refusedHost.replaceAll(".", "\\.")}$\n`);
  const describeSettings = ([port]: number[]) => `Port ${port}
Listen 127.0.0.1
MaxClients 50
LogFile "${log}"
LogLevel Info
Filter "${folder}/refused"
FilterType ere
${options.locked ? `BasicAuth ${plainUser.username} ${plainUser.password}` : ""}
`;
  const { ports, close } = await startOnFreePorts(1, {
    start: (ports) => {
      writeFileSync(join(folder, "tinyproxy.conf"), describeSettings(ports));
      return spawn(program, ["-d", "-c", join(folder, "tinyproxy.conf")], {
        cwd: folder,
        stdio: ["ignore", "ignore", "pipe"],
      });
    },
    folder,
    log,
    isReady: (text) => text.includes("Accepting connections."),
    isPortTaken: (text) => text.includes("Could not create listening sockets"),
  });
  return { url: `http://localhost:${ports[0]}`, user: plainUser, readLog: () => readText(log), close };
}

/**
 * Apify's proxy-chain from npm.
 * @param options.answer status of each answer, in place of serving. @param options.tls serves over TLS.
 */
export async function startProxyChain(
  options: { locked?: boolean; answer?: number; tls?: KeyAndCertificate } = {},
): Promise<ForeignProxy> {
  const folder = makeFolder();
  const settings = {
    password: options.locked ? user.password : undefined,
    answer: options.answer,
    tls: options.tls,
  };
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "proxy-chain-process.mjs"), JSON.stringify(settings)],
    {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
  const close = closer(child, folder);
  const ownLine = /^(\d+)\n/m;
  const failed = endOf(child, () => said);
  const listening = new Promise<void>((resolve) => {
    child.stdout?.on("data", () => {
      if (ownLine.test(said)) resolve();
    });
  });
  await Promise.race([failed, listening]);
  return {
    url: `${options.tls ? "https" : "http"}://localhost:${ownLine.exec(said)?.[1]}`,
    user,
    readLog: () => said,
    close,
  };
}

/** A folder that a proxy which gives up root's rights can still read and write. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-proxy-"));
  chmodSync(folder, 0o777);
  return folder;
}

const readText = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");

function endOf(child: ChildProcess, explain: () => string): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${child.spawnfile} ended with ${code}: ${explain().slice(-2000)}`)));
  });
  failed.catch(() => undefined);
  return failed;
}

type Settings = {
  start: (ports: number[]) => ChildProcess;
  /** Deleted when the program is closed. */
  folder: string;
  /** The file in which the program says how its start goes, beside its stderr. */
  log: string;
  isReady: (log: string, ports: number[]) => boolean;
  isPortTaken: (log: string) => boolean;
};

/** Starts a program, and once more with other ports if another process takes one of them before the program does. */
async function startOnFreePorts(
  count: number,
  { start, folder, log, isReady, isPortTaken }: Settings,
): Promise<{ ports: number[]; close: () => Promise<void> }> {
  for (;;) {
    const ports = await Promise.all(Array.from({ length: count }, findFreePort));
    const child = start(ports);
    const close = closer(child, folder);
    let said = "";
    child.stderr?.on("data", (chunk) => (said += chunk));
    const read = () => said + readText(log);
    let ended: unknown = null;
    endOf(child, read).catch((err) => {
      ended = err;
    });
    while (!isReady(read(), ports) && !ended && !isPortTaken(read())) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (isReady(read(), ports) && !ended) return { ports, close };
    if (!isPortTaken(read())) {
      await close();
      throw ended;
    }
    await killProcess(child);
    rmSync(log, { force: true });
  }
}

function closer(child: ChildProcess, folder: string): () => Promise<void> {
  return async () => {
    await killProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
}
