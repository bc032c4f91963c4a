import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canConnect, findFreePort } from "./free-port.ts";
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
  const ports = { open: await findFreePort(), locked: await findFreePort(), secure: await findFreePort() };
  const log = join(folder, "access.log");
  writeFileSync(join(folder, "tls.pem"), `${tls.cert}\n${tls.key}`);
  // Says OK to the one line of user and password that is right, as Squid hands it over: with some characters escaped.
  const expected = `${user.username} ${user.password.replace("%", "%25").replace("~", "%7E")}`;
  writeFileSync(
    join(folder, "judge"),
    `#!/bin/sh\nwhile read -r line; do if [ "$line" = "${expected}" ]; then echo OK; else echo ERR; fi; done\n`,
    { mode: 0o755 },
  );
  writeFileSync(
    join(folder, "squid.conf"),
    `visible_hostname squid.example.test
pid_filename ${folder}/squid.pid
http_port 127.0.0.1:${ports.open} name=open
http_port 127.0.0.1:${ports.locked} name=locked
https_port 127.0.0.1:${ports.secure} name=secure tls-cert=${folder}/tls.pem
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
connect_timeout 2 seconds
shutdown_lifetime 0 seconds
pinger_enable off
strip_query_terms off
coredump_dir ${folder}
cache_log ${folder}/cache.log
logformat plain %>Hs %Ss %rm %ru %un
access_log stdio:${log} plain
`,
  );
  const child = spawn(program, ["-N", "-f", join(folder, "squid.conf")], { cwd: folder, stdio: "ignore" });
  const close = closer(child, folder);
  await untilListening(child, Object.values(ports), () => readText(join(folder, "cache.log"))).catch(async (err) => {
    await close();
    throw err;
  });
  const doorOf = (name: keyof typeof ports, scheme = "http") => ({
    url: `${scheme}://localhost:${ports[name]}`,
    user,
    readLog: () => readText(log),
    close,
  });
  return { open: doorOf("open"), locked: doorOf("locked"), secure: doorOf("secure", "https"), close };
}

/** tinyproxy, for everybody or for a user and a password only. */
export async function startTinyproxy(options: { locked?: boolean } = {}): Promise<ForeignProxy> {
  const program = requireProgram("tinyproxy");
  const folder = makeFolder();
  const port = await findFreePort();
  const log = join(folder, "tinyproxy.log");
  writeFileSync(join(folder, "refused"), `^${refusedHost.replaceAll(".", "\\.")}$\n`);
  writeFileSync(
    join(folder, "tinyproxy.conf"),
    `Port ${port}
Listen 127.0.0.1
Timeout 5
MaxClients 50
LogFile "${log}"
LogLevel Info
Filter "${folder}/refused"
FilterType ere
${options.locked ? `BasicAuth ${plainUser.username} ${plainUser.password}` : ""}
`,
  );
  const child = spawn(program, ["-d", "-c", join(folder, "tinyproxy.conf")], { cwd: folder, stdio: "ignore" });
  const close = closer(child, folder);
  await untilListening(child, [port], () => readText(log)).catch(async (err) => {
    await close();
    throw err;
  });
  return { url: `http://localhost:${port}`, user: plainUser, readLog: () => readText(log), close };
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
  const ownLine = /^\d+$/m;
  const failed = endOf(child, () => said);
  const listening = new Promise<void>((resolve) => {
    child.stdout?.on("data", () => {
      if (ownLine.test(said)) resolve();
    });
  });
  await Promise.race([failed, listening]);
  return {
    url: `${options.tls ? "https" : "http"}://localhost:${ownLine.exec(said)?.[0]}`,
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

async function untilListening(child: ChildProcess, ports: number[], explain: () => string): Promise<void> {
  const failed = endOf(child, explain);
  for (const port of ports) {
    while (!(await Promise.race([failed, canConnect(port)]))) await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

function closer(child: ChildProcess, folder: string): () => Promise<void> {
  return async () => {
    await killProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
}
