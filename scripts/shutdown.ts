/** Signals that end a portal: Ctrl-C, an orderly stop, a closed terminal. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One keystroke arrives more than once: from the terminal, from npm and from the first script. */
const sameKeystrokeMs = 1000;

export type Shutdown = {
  /** Aborted at the first request to stop. */
  stopping: AbortSignal;
  /** Aborted at the second one: no more waiting. */
  forced: AbortSignal;
  /** Asks for the stop from inside. */
  request: () => void;
};

/** What receives the signals: a process. */
type Receiver = Pick<NodeJS.EventEmitter, "on"> & Pick<NodeJS.Process, "channel">;

/** Listens for the end: signals, and the script above this one being gone (its channel closes). */
export function listenForShutdown(now: () => number = Date.now, receiver: Receiver = process): Shutdown {
  const stopping = new AbortController();
  const forced = new AbortController();
  let askedAt = 0;
  const request = () => {
    if (!stopping.signal.aborted) {
      askedAt = now();
      stopping.abort();
    } else if (now() - askedAt >= sameKeystrokeMs) {
      forced.abort();
    }
  };
  for (const signal of signals) receiver.on(signal, request);
  receiver.on("disconnect", request);
  receiver.channel?.unref();
  return { stopping: stopping.signal, forced: forced.signal, request };
}
