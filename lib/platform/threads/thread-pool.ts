import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { singleton } from "#lib/platform/env/singleton.ts";
import { AppError, type ErrorCode } from "#lib/platform/errors/app-error.ts";

/** What work can use. `exceeded` makes the error of work that needs more than that. */
export type WorkBudget = {
  /** Milliseconds of processor time, so that a busy machine makes no difference. */
  ms: number;
  exceeded: (reason: string) => AppError;
  /** Stops the work, or removes it from the queue. */
  signal?: AbortSignal;
};

/** A function of a file, and its arguments. The file is relative to the project. */
export type Work = { file: string; name: string; args: unknown[] };

/** An AppError as it's sent between threads. */
export type SentError = Pick<AppError, "message" | "hint" | "expose" | "retryable" | "fields" | "details"> & {
  code: ErrorCode;
  stack: string | undefined;
};
export type WorkResult = { value: unknown } | { error: SentError };

type Job = Work & {
  budget: WorkBudget;
  resolve: (value: unknown) => void;
  reject: (err: unknown) => void;
};

type PoolOptions = {
  maxThreads?: number;
  /** How much work can wait; more is refused. */
  maxQueued?: number;
  /** Heap of each thread. */
  memoryMb?: number;
  /** How long an unused thread is kept. */
  idleMs?: number;
};

export type ThreadPool = {
  /** @throws AppError of the work; that of `budget.exceeded`; `too_many_in_progress` if too much work waits */
  run: (work: Work, budget: WorkBudget) => Promise<unknown>;
  /** The threads that exist. */
  size: () => number;
};

/** How many times its processor time work can take on a busy machine. */
const maxSlowdown = 20;
/** How often its time is read at most. */
const leastWaitMs = 10;

/** Processor time of a thread in milliseconds, 0 while it starts or ends. */
async function readCpuMs(worker: Worker): Promise<number> {
  const { user, system } = await worker.cpuUsage().catch(() => ({ user: 0, system: 0 }));
  return (user + system) / 1000;
}

type Thread = { worker: Worker; job: Job | null; idle?: NodeJS.Timeout };

/**
 * Makes a pool of threads, which start when they're needed. A thread does one thing at a time. It's terminated if its work exceeds the
 * budget or is aborted; the other threads and the queue aren't affected.
 */
export function createThreadPool({
  maxThreads = Math.min(2, availableParallelism()),
  maxQueued = 500,
  memoryMb = 1024,
  idleMs = 60_000,
}: PoolOptions = {}): ThreadPool {
  const threads = new Set<Thread>();
  const queue: Job[] = [];

  const startThread = (): Thread => {
    const worker = new Worker(join(process.cwd(), "lib/platform/threads/thread.ts"), {
      // What is read there needs no settings and no secrets.
      env: {},
      execArgv: ["--disable-warning=ExperimentalWarning"],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    const thread: Thread = { worker, job: null };
    threads.add(thread);
    worker.on("message", (result: WorkResult) => {
      const { job } = thread;
      release(thread);
      if (!job) return;
      if ("value" in result) job.resolve(result.value);
      else job.reject(toError(result.error));
    });
    worker.on("error", (err: Error & { code?: string }) => {
      const isFull = err.code === "ERR_WORKER_OUT_OF_MEMORY";
      stop(thread, (job) => (isFull ? job.budget.exceeded(`needs more than ${memoryMb} MB of memory`) : err));
    });
    worker.on("exit", () => stop(thread, () => new Error("a thread ended")));
    return thread;
  };

  /** Ends a thread, and its work with an error. */
  const stop = (thread: Thread, explain: (job: Job) => unknown): void => {
    const { job } = thread;
    thread.job = null;
    clearTimeout(thread.idle);
    if (threads.delete(thread)) void thread.worker.terminate();
    job?.reject(explain(job));
    startNext();
  };

  const release = (thread: Thread): void => {
    thread.job = null;
    thread.worker.unref();
    thread.idle = setTimeout(() => stop(thread, () => null), idleMs).unref();
    startNext();
  };

  const startNext = (): void => {
    if (queue.length === 0) return;
    const free = [...threads].find(({ job }) => job === null) ?? (threads.size < maxThreads ? startThread() : null);
    if (!free) return;
    const job = queue.shift()!;
    const { file, name, args } = job;
    free.job = job;
    clearTimeout(free.idle);
    free.worker.ref();
    try {
      free.worker.postMessage({ file, name, args } satisfies Work);
    } catch (err) {
      release(free);
      job.reject(err);
      return;
    }
    void watchTime(free, job);
  };

  /** Stops work that uses up its time. */
  const watchTime = async (thread: Thread, job: Job): Promise<void> => {
    const { ms, exceeded } = job.budget;
    const end = performance.now() + ms * maxSlowdown;
    const before = await readCpuMs(thread.worker);
    for (let used = 0; used < ms && performance.now() < end; ) {
      await wait(Math.max(leastWaitMs, ms - used), undefined, { ref: false });
      if (thread.job !== job) return;
      used = (await readCpuMs(thread.worker)) - before;
    }
    if (thread.job === job) stop(thread, () => exceeded(`takes longer than ${ms / 1000} s`));
  };

  const cancel = (job: Job): void => {
    const { reason } = job.budget.signal!;
    const waiting = queue.indexOf(job);
    if (waiting !== -1) {
      queue.splice(waiting, 1);
      job.reject(reason);
      return;
    }
    for (const thread of threads) if (thread.job === job) stop(thread, () => reason);
  };

  const run = (work: Work, budget: WorkBudget): Promise<unknown> => {
    const { signal } = budget;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (queue.length >= maxQueued) return Promise.reject(tooMuchWaits());
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const job: Job = { ...work, budget, resolve, reject };
    const onAbort = () => cancel(job);
    signal?.addEventListener("abort", onAbort, { once: true });
    queue.push(job);
    startNext();
    return promise.finally(() => signal?.removeEventListener("abort", onAbort));
  };

  return { run, size: () => threads.size };
}

function tooMuchWaits(): AppError {
  return new AppError("too_many_in_progress", "Too many large documents wait to be read.", {
    hint: "Try again later.",
    retryable: true,
  });
}

function toError({ code, message, hint, stack, ...rest }: SentError): AppError {
  const error = new AppError(code, message, { ...rest, hint: hint ?? undefined });
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** The pool of this process. */
export const getThreadPool = (): ThreadPool => singleton("threads.pool", () => createThreadPool());
