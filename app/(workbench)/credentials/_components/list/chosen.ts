import type { BulkRun } from "#app/_ui/use-bulk-job.ts";

/** Starts an action for several rows. */
export type Run = <T>(job: BulkRun<T>) => void;
/** A credential that users selected. */
export type Chosen = { id: string; name: string; href: string };
