import type { z } from "zod";
import { namesOf } from "./field.ts";

/** A row that has at least the members of an answer; its times are dates. */
type RowOf<T> = { [K in keyof T]: string extends T[K] ? T[K] | Date : T[K] };

/** The members of an answer as a row has them, times as ISO strings; the rest of the row is left out. */
export function readRow<S extends z.ZodRawShape>(answer: z.ZodObject<S>, row: RowOf<z.output<z.ZodObject<S>>>) {
  const values = row as Record<string, unknown>;
  const read = (value: unknown) => (value instanceof Date ? value.toISOString() : value);
  return Object.fromEntries(Object.keys(answer.shape).map((name) => [name, read(values[name])])) as z.output<
    z.ZodObject<S>
  >;
}

/** What an edit changes: a field that is undefined was left out. */
export function dropUndefined<T extends object>(changes: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as never;
}

/** The stored fields of an entity, secrets aside: what the audit log keeps of it, and what an edit begins with. */
export function pickFields<S extends z.ZodRawShape, T extends object>(shape: S, from: T): Pick<T, keyof S & keyof T> {
  const names = namesOf(shape, ({ kept }) => kept === undefined);
  return Object.fromEntries(names.map((name) => [name, (from as Record<string, unknown>)[name]])) as never;
}
