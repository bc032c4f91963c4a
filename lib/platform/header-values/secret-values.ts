import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { AppError, type FieldError } from "#lib/platform/errors/app-error.ts";
import type { Named } from "./secret-names.ts";

/** A header or parameter as it was entered; a secret one without a value keeps the stored value. */
export type EnteredValue = Named & { value?: string | null | undefined; setAt?: string | undefined };

/**
 * A header or parameter as its row has it. One with `setAt` is secret: its value is in the envelope of its list, and
 * `value` holds at most which variables a template uses.
 */
export type StoredValue = { name: string; value: string; secret?: boolean; setAt?: string };

/** A header or parameter as people see it: a secret value only by when it was set. */
export type ShownValue = { name: string; value: string | null; secret?: boolean; setAt?: string };

/** A header or parameter to send. */
export type OpenValue = { name: string; value: string; secret?: true };

/** The list and the envelope of its secret values, as a row has them. */
export type StoredList = { list: readonly StoredValue[]; envelope: string | null };

/** What an envelope holds: the destination that the values were entered for, and names and values in the list's order. */
type Sealed = { destination: string; values: [name: string, value: string][] };

type Taking = {
  stored: StoredList | null;
  /** What the envelope is bound to. */
  aad: string;
  /** Where the values are sent. A stored value that was entered for another destination has to be entered again. */
  destination: string;
  isSecret: (named: Named) => boolean;
  /** Where the list was entered, for messages. */
  field: string;
  now: Date;
  /** What of a secret value can be stored as it is. */
  outline?: (value: string) => string;
};

/** A list to store, its values before they're sealed, and what has to be entered. */
export type TakenList = { list: StoredValue[]; envelope: string | null; open: OpenValue[]; problems: FieldError[] };

/**
 * Takes a list as it was entered: secret values are sealed. One that was left out is the stored one of the same name; if
 * a name repeats, of the same position among these.
 */
export function takeValues(entered: readonly EnteredValue[], taking: Taking): TakenList {
  const { aad, destination, isSecret, field, now, outline = () => "" } = taking;
  const keep = createKeeper(entered, taking);
  const taken: TakenList = { list: [], envelope: null, open: [], problems: [] };
  const values: Sealed["values"] = [];
  for (const [index, entry] of entered.entries()) {
    const { name, secret } = entry;
    if (!isSecret(entry)) {
      const value = entry.value ?? "";
      taken.list.push({ name, value, ...(secret === undefined ? {} : { secret }) });
      taken.open.push({ name, value });
      continue;
    }
    const kept = entry.value == null ? keep(index) : { value: entry.value, setAt: now.toISOString() };
    if (typeof kept === "string") {
      taken.problems.push({ field: `${field}.${index}.value`, message: kept });
      continue;
    }
    taken.list.push({ name, value: outline(kept.value), secret: true, setAt: kept.setAt });
    taken.open.push({ name, value: kept.value, secret: true });
    values.push([name, kept.value]);
  }
  const sealed: Sealed = { destination, values };
  if (values.length > 0 && taken.problems.length === 0) taken.envelope = sealSecret(JSON.stringify(sealed), aad);
  return taken;
}

type Keep = (index: number) => { value: string; setAt: string } | string;

/** Finds the stored value of an entry that has none, or says why it has to be entered. */
function createKeeper(entered: readonly EnteredValue[], { stored, aad, destination, now }: Taking): Keep {
  let opened: ReturnType<typeof openList> | undefined;
  return (index) => {
    const name = entered[index]!.name.toLowerCase();
    const isNamesake = (each: { name: string }) => each.name.toLowerCase() === name;
    const known = [...(stored?.list.entries() ?? [])].filter(([, each]) => isNamesake(each));
    const found = known[entered.slice(0, index).filter(isNamesake).length];
    if (!stored || !found) return "Enter the value.";
    if (known.length > entered.filter(isNamesake).length)
      return "Enter the value again: one of the same name was removed.";
    const [at, { value, setAt }] = found;
    if (setAt === undefined) return { value, setAt: now.toISOString() };
    try {
      opened ??= openList(stored, aad);
    } catch {
      return "Enter the value again: the stored one can't be read.";
    }
    if (opened.destination !== destination) {
      return "Enter the value again: it would go to another server, or over another proxy or trusted CA.";
    }
    return { value: opened.list[at]!.value, setAt };
  };
}

/**
 * Opens the secret values of a list to send them.
 * @param destination where they would be sent.
 * @param explainMove what is thrown if they were entered for another destination.
 * @throws AppError `secret_unreadable`, and what `explainMove` returns
 */
export function openValues(
  stored: StoredList,
  { aad, destination, explainMove }: { aad: string; destination: string; explainMove: () => AppError },
): OpenValue[] {
  const opened = openList(stored, aad);
  if (opened.destination !== null && opened.destination !== destination) throw explainMove();
  return opened.list;
}

function openList({ list, envelope }: StoredList, aad: string): { destination: string | null; list: OpenValue[] } {
  const secrets = list.filter(({ setAt }) => setAt !== undefined);
  if (secrets.length === 0) return { destination: null, list: list.map(toPlain) };
  const { destination, values } = readSealed(envelope, aad);
  if (secrets.length !== values.length || secrets.some(({ name }, at) => name !== values[at]![0])) throw changed(aad);
  let next = 0;
  const open = list.map((each) =>
    each.setAt === undefined ? toPlain(each) : { name: each.name, value: values[next++]![1], secret: true as const },
  );
  return { destination, list: open };
}

function toPlain({ name, value }: StoredValue): OpenValue {
  return { name, value };
}

function readSealed(envelope: string | null, aad: string): Sealed {
  if (envelope === null) throw changed(aad);
  return JSON.parse(openSecret(envelope, aad)) as Sealed;
}

function changed(aad: string): AppError {
  return new AppError("secret_unreadable", `The stored secrets of ${aad} don't belong to their list.`, {
    hint: "The row was changed outside Sallyport. Enter the secret values again.",
  });
}

/** A list as people see it. Values of secret names that aren't sealed yet aren't shown either. */
export function showValues(list: readonly StoredValue[], isSecret: (named: Named) => boolean): ShownValue[] {
  return list.map((entry) => {
    const { name, value, secret, setAt } = entry;
    if (setAt !== undefined) return { name, value: null, secret: true, setAt };
    if (isSecret(entry)) return { name, value: null, secret: true };
    return { name, value, ...(secret === undefined ? {} : { secret }) };
  });
}

/** A stored list as it would be entered, to lay an edit over it. */
export function toEntered(list: readonly StoredValue[]): EnteredValue[] {
  return list.map(({ name, value, secret, setAt }) =>
    setAt === undefined ? { name, value, secret } : { name, value: null, secret: true },
  );
}
