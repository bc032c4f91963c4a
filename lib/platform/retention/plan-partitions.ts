import type { Partition, Range } from "./model.ts";

const dayMs = 86_400_000;
/** Partitions of several days begin on Mondays. */
const mondayMs = 4 * dayMs;
/** How far ahead partitions are made, at least. */
const aheadMs = 7 * dayMs;

/** What is to be done with the partitions of a log. Times in milliseconds. */
export type PartitionPlan = {
  make: Range[];
  drop: Partition[];
  /** Rows before this are expired; null when all are kept. */
  cutoff: number | null;
  /** Partitions that hold expired rows beside others and are too wide to wait until the last one has expired. */
  trim: Partition[];
};

/**
 * How many days a partition covers: the longer rows are kept the more, so that there are about 60
 * partitions in use at most (130 when ten years are kept). A list that must look through all of them takes a lock for each, and for each index.
 */
export function chooseWidth(days: number | null): 1 | 7 | 28 {
  if (days === null || days > 400) return 28;
  return days > 35 ? 7 : 1;
}

/**
 * Decides which partitions to make, drop and trim; pure.
 * @param partitions of the log, without the default one, oldest first. @param days that rows are kept, null = for ever.
 * @param now milliseconds.
 */
export function planPartitions(partitions: Partition[], days: number | null, now: number): PartitionPlan {
  const width = chooseWidth(days) * dayMs;
  const cutoff = days === null ? null : now - days * dayMs;
  const isExpired = ({ to }: Range) => cutoff !== null && to <= cutoff;
  const isTooWide = ({ from, to }: Range) =>
    cutoff !== null && to > cutoff && (from ?? Number.NEGATIVE_INFINITY) < Math.min(cutoff, to - width);
  return {
    make: planNew(partitions.at(-1)?.to ?? null, width, now),
    drop: partitions.filter(isExpired),
    cutoff,
    trim: partitions.filter(isTooWide),
  };
}

function planNew(end: number | null, width: number, now: number): Range[] {
  const made: Range[] = [];
  const current = startOf(now, width);
  let from = end ?? current;
  // Time that no worker saw becomes one partition.
  if (from < current) {
    made.push({ from, to: current });
    from = current;
  }
  while (from < now + Math.max(aheadMs, width)) {
    const to = startOf(from, width) + width;
    made.push({ from, to });
    from = to;
  }
  return made;
}

/** The start of the partition that a time falls into. */
function startOf(ms: number, width: number): number {
  return Math.floor((ms - mondayMs) / width) * width + mondayMs;
}
