/** What making one request from its templates can use. */
export type RenderLimits = {
  /** Time, and then as much processor time. */
  ms: number;
  /** Characters and items that tags and filters handle. */
  memory: number;
  /** Characters of all texts, values escaped. */
  length: number;
};

/** Most requests need far less. What needs more is made in a thread, with the other limits. */
export const inlineLimits: RenderLimits = { ms: 10, memory: 200_000, length: 500_000 };
/** The thread itself has a time limit. */
export const threadLimits: RenderLimits = { ms: Number.POSITIVE_INFINITY, memory: 5_000_000, length: 10_000_000 };

type Use = {
  limits: RenderLimits;
  deadline: number;
  /** The processor time that the thread had used when the time was up first. */
  used: NodeJS.CpuUsage | null;
  rendered: number;
  written: number;
};

/** That of the request that is being made; that is synchronous. */
let current: Use | null = null;

/** Makes a request within limits: `countRendered` and `countWritten` throw when they're exceeded. */
export function withinLimits<T>(limits: RenderLimits, make: () => T): T {
  const before = current;
  current = startUse(limits);
  try {
    return make();
  } finally {
    current = before;
  }
}

function startUse(limits: RenderLimits): Use {
  return { limits, deadline: performance.now() + limits.ms, used: null, rendered: 0, written: 0 };
}

/** Makes the limits of Liquid for the next render. It checks the time for each tag, output, and filter. */
export function liquidLimits(): { memoryLimit: number; renderLimit: { check: (now: number) => void } } {
  const use = current ?? startUse(inlineLimits);
  return { memoryLimit: use.limits.memory, renderLimit: { check: (now) => checkTime(use, now) } };
}

/** On a busy machine, time passes without any work. So once it's up, processor time decides. */
function checkTime(use: Use, now: number): void {
  const { deadline, limits, used } = use;
  if (now <= deadline) return;
  let left = limits.ms;
  if (used) {
    const { user, system } = process.threadCpuUsage(used);
    left -= (user + system) / 1000;
  } else use.used = process.threadCpuUsage();
  if (left <= 0) throw new Error("template render limit exceeded");
  use.deadline = now + left;
}

/** Counts characters that a template puts out. */
export function countRendered(length: number): void {
  if (!current) return;
  current.rendered += length;
  if (current.rendered > current.limits.length) throw tooLong(current);
}

/** Counts characters that were escaped and joined. */
export function countWritten(length: number): void {
  if (!current) return;
  current.written += length;
  if (current.written > current.limits.length) throw tooLong(current);
}

const tooLong = ({ limits }: Use) =>
  new Error(`output limit exceeded: the request is longer than ${limits.length} characters`);

/** Whether the message of an error says that a limit was exceeded: one of these or one of Liquid's. */
export const isLimit = (message: string): boolean => / limit exceeded/.test(message);
