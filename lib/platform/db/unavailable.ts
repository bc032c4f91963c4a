/** What Postgres says about itself, by SQLSTATE (PostgreSQL manual, appendix A): the first that fits. */
const reasons: [states: RegExp, message: string, hint: string][] = [
  [/^53100$/, "The database's disk is full.", "Free space on the disk of the database, or enlarge it."],
  [/^53200$/, "The database is out of memory.", "Give the database more memory, or reduce its load."],
  [
    /^53300$/,
    "The database has no connection left.",
    "Raise max_connections, or put pgbouncer in front of the database.",
  ],
  [/^53/, "The database has reached a limit of its resources.", "See the database's log."],
  [/^57P0[12]$/, "The database is shutting down.", tryAgain()],
  [/^57P03$/, "The database is starting or shutting down.", tryAgain()],
  [/^57/, "The database canceled the request.", tryAgain()],
  [
    /^58030$/,
    "The database can't read or write its files.",
    "Check the disk of the database, and see the database's log.",
  ],
  [/^08/, unreachable(), tryAgain()],
];
const socketErrors = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "ENOENT"]);
/** What pg says without a code. */
const messages =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;

function unreachable(): string {
  return "Sallyport can't reach its database.";
}

function tryAgain(): string {
  return "Try again in a few seconds. If the problem persists, notify your system administrator.";
}

/** Why the database can't do what it should, and what to do about it. */
export type Unavailability = { message: string; hint: string };

/**
 * Explains an error, or what caused it, that is about the database and not about a query; null for another one. Drizzle wraps
 * pg's errors, so causes are searched too.
 */
export function explainUnavailable(err: unknown): Unavailability | null {
  for (let at: unknown = err; at instanceof Error; at = at.cause) {
    const { code, syscall } = at as { code?: unknown; syscall?: unknown };
    if (messages.test(at.message)) return { message: unreachable(), hint: tryAgain() };
    if (typeof code !== "string") continue;
    const reason = /^[0-9A-Z]{5}$/.test(code) ? reasons.find(([states]) => states.test(code)) : undefined;
    if (reason) return { message: reason[1], hint: reason[2] };
    if (socketErrors.has(code) && syscall !== undefined) return { message: unreachable(), hint: tryAgain() };
  }
  return null;
}

/** Whether an error, or what caused it, says that the database can't work just now, and not that a query was wrong. */
export function isDatabaseUnavailable(err: unknown): boolean {
  return explainUnavailable(err) !== null;
}
