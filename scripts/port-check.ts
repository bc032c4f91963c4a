import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StartError } from "./start-error.ts";

/**
 * Makes sure that a server can listen on a port.
 * @param use what it is for and how to choose another, as in "the portal" and "PORT".
 * @param waitMs a portal that was killed a moment ago may still be giving it up.
 * @throws StartError naming who has the port, where that can be told.
 */
export async function requirePort(
  port: number,
  use: { purpose: string; variable: string },
  waitMs = 3000,
): Promise<void> {
  const deadline = Date.now() + waitMs;
  let code = await tryPort(port);
  while (code === "EADDRINUSE" && Date.now() < deadline) {
    await delay(100);
    code = await tryPort(port);
  }
  if (code === null) return;
  const fix = `set another one: ${use.variable}=${suggestPort(port)}`;
  if (code === "EADDRINUSE") {
    const owner = findPortOwner(port);
    throw new StartError(
      `Port ${port} for ${use.purpose} is taken${owner ? ` by ${owner}` : ""}. Stop that, or ${fix}`,
    );
  }
  throw new StartError(`Port ${port} for ${use.purpose} can't be used (${code}): ${fix}`);
}

function suggestPort(port: number): number {
  return port < 1024 ? port + 8000 : port + 1;
}

function tryPort(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (err) => resolve("code" in err ? String(err.code) : err.message));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** The program that listens on a TCP port, such as `nginx (pid 812)`; null when the system doesn't tell (not Linux, another user's). */
export function findPortOwner(port: number): string | null {
  const inodes = new Set([...listListeners("/proc/net/tcp", port), ...listListeners("/proc/net/tcp6", port)]);
  if (inodes.size === 0) return null;
  for (const pid of readNames("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const fd of readNames(`/proc/${pid}/fd`)) {
      try {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        if (inode && inodes.has(inode)) return `${describeProcess(pid)} (pid ${pid})`;
      } catch {
        // It ended, or it is another user's.
      }
    }
  }
  return null;
}

/** The program's name, for Node with its script. Never the arguments: they may hold secrets. */
function describeProcess(pid: string): string {
  const [program = "", ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  const name = basename(program);
  const script = name === "node" ? args.find((arg) => !arg.startsWith("-")) : undefined;
  return script ? `${name} ${basename(script)}` : name;
}

/** The inodes of the sockets that listen (state 0A) on the port: proc(5), /proc/net/tcp. */
function listListeners(file: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === "0A")
      .flatMap((fields) => fields[9] ?? []);
  } catch {
    return [];
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
