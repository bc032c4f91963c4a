/** The tables that are partitioned by time, and how people call them. */
export const logs = ["runs", "credential_events"] as const;
export type Log = (typeof logs)[number];

/** For how many days each log is kept; null = for ever. */
export type RetentionDays = { runsDays: number | null; credentialEventsDays: number | null };

/** How many days the logs of a new portal are kept. */
export const longestDays = 3650;

/** A range of time, in milliseconds; `from` is null for everything before `to`. */
export type Range = { from: number | null; to: number };

/** A partition as it stands in the database. */
export type Partition = Range & { name: string };

/** What a log takes up. */
export type LogUse = {
  log: Log;
  days: number | null;
  /** Start of the oldest row that is kept, ISO; null when there is none. */
  oldestAt: string | null;
  /** As the database estimates it; a table that was never analysed counts as empty. */
  rows: number;
  bytes: number;
  partitions: number;
  /** Rows that no partition was there for; the worker moves them. */
  misplacedRows: number;
  /** Until when partitions are made ahead, ISO; null when there is none. */
  aheadUntil: string | null;
};

/** The settings with what is kept now. */
export type Retention = RetentionDays & { version: number; updatedAt: string; logs: LogUse[] };
