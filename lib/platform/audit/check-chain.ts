import { type ChainRecord, genesisHash, type Head, hashRecord } from "./chain.ts";

/** What is wrong with a chain, and at which record. */
export type Fault = {
  kind: "edited" | "deleted" | "inserted" | "truncated" | "rewritten" | "no_head";
  id: number;
  message: string;
};

type Stored = ChainRecord & { hash: string | null };

/** How far back the place is looked for where a record was put in. */
const windowSize = 1000;

export type ChainCheck = {
  /** Takes the records in the order of their ids. */
  take: (record: Stored) => void;
  /** What was found, once all records were taken. */
  finish: () => { records: number; last: Head; faults: Fault[] };
};

/**
 * Checks a chain, one record after the other, against its head in the database and against heads that were shipped off the
 * host. Pure.
 */
export function checkChain(head: Head | null, shipped: readonly Head[]): ChainCheck {
  const faults = new Map<number, Fault>();
  const heads = new Map(shipped.map(({ id, hash }) => [id, hash]));
  let recent: Head[] = [];
  let last: Head = { id: 0, hash: genesisHash };
  let records = 0;
  const blame = (kind: Fault["kind"], id: number, message: string) => {
    // That a record was put in says more than that its hash is wrong.
    if (!faults.has(id) || kind === "inserted") faults.set(id, { kind, id, message });
  };
  const isOutside = ({ id, hash }: Stored) => hash === null || (head !== null && id > head.id);

  function take(record: Stored): void {
    records++;
    const { id, hash, previousHash } = record;
    if (isOutside(record) || hash === null) {
      blame("inserted", id, `Record ${id} was put in past the portal: it is not in the chain.`);
      return;
    }
    const isItself = hashRecord(record) === hash;
    if (!isItself) blame("edited", id, `Record ${id} was edited: its hash is another one.`);
    if (previousHash !== last.hash) findBreak(record, isItself);
    const wanted = heads.get(id);
    if (wanted !== undefined && wanted !== hash) {
      blame("rewritten", id, `Record ${id} is not the one whose hash was shipped: the chain up to it was rewritten.`);
    }
    last = { id, hash };
    recent.push(last);
    if (recent.length > 2 * windowSize) recent = recent.slice(-windowSize);
  }

  function findBreak({ id, previousHash }: Stored, isItself: boolean): void {
    const anchor = recent.findLastIndex(({ hash }) => hash === previousHash);
    if (anchor >= 0 || (previousHash === genesisHash && recent.length > 0)) {
      for (const { id: extra } of recent.slice(anchor + 1)) {
        blame("inserted", extra, `Record ${extra} was put in: the one after it does not follow it.`);
      }
    } else if (id - last.id > 1) {
      const span = id - last.id === 2 ? `Record ${last.id + 1} is` : `Records ${last.id + 1} to ${id - 1} are`;
      blame("deleted", last.id + 1, `${span} missing.`);
    } else if (isItself && last.id > 0) {
      blame(
        "edited",
        last.id,
        `Record ${last.id} was edited or replaced, with its hash: record ${id} does not follow it.`,
      );
    }
  }

  function finish() {
    if (!head) blame("no_head", last.id, "The head of the chain is missing from the database.");
    else if (last.id < head.id) {
      const span = head.id - last.id === 1 ? `Record ${head.id} is` : `Records ${last.id + 1} to ${head.id} are`;
      blame("truncated", last.id + 1, `${span} missing at the end.`);
    } else if (last.hash !== head.hash) {
      blame("edited", last.id, `Record ${last.id} was edited or replaced, with its hash: the head is another one.`);
    }
    const newest = shipped.reduce((most, { id }) => Math.max(most, id), 0);
    if (newest > last.id) {
      blame("truncated", last.id + 1, `The head of record ${newest} was shipped, but the log ends with ${last.id}.`);
    }
    return { records, last, faults: [...faults.values()].sort((one, other) => one.id - other.id) };
  }
  return { take, finish };
}
