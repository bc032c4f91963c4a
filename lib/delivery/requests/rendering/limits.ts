/** What making one request from its templates can use. */
export type RenderLimits = {
  ms: number;
  /** Characters and items that tags and filters handle. */
  memory: number;
  /** Characters of all texts, values escaped. */
  length: number;
};

/** Most requests need far less. What needs more is made in a thread, with the other limits. */
export const inlineLimits: RenderLimits = { ms: 20, memory: 200_000, length: 500_000 };
/** The thread itself has a time limit. */
export const threadLimits: RenderLimits = { ms: Number.POSITIVE_INFINITY, memory: 5_000_000, length: 10_000_000 };

type Use = { limits: RenderLimits; deadline: number; rendered: number; written: number };

/** That of the request that is being made; that is synchronous. */
let current: Use | null = null;

/** Makes a request within limits: `countRendered` and `countWritten` throw when they're exceeded. */
export function withinLimits<T>(limits: RenderLimits, make: () => T): T {
  const before = current;
  current = { limits, deadline: performance.now() + limits.ms, rendered: 0, written: 0 };
  try {
    return make();
  } finally {
    current = before;
  }
}

/** The limits of Liquid for the next render. */
export function liquidLimits(): { renderLimit: number; memoryLimit: number } {
  const { limits, deadline } = current ?? { limits: inlineLimits, deadline: performance.now() + inlineLimits.ms };
  return { renderLimit: Math.max(0, deadline - performance.now()), memoryLimit: limits.memory };
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
