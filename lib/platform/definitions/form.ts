import type { z } from "zod";
import { defaultOf, isOptional, type Stored } from "./derive.ts";
import { factsOf } from "./field.ts";

/** What the inputs of a form hold: "" where nothing is entered. */
export type FormOf<S extends z.ZodRawShape> = {
  [K in keyof S]: null extends Stored<S>[K] ? Exclude<Stored<S>[K], null> | "" : Stored<S>[K];
};

/** The inputs of a new entity: the defaults, and "" where there is none. */
export function blankForm<S extends z.ZodRawShape>(shape: S): FormOf<S> {
  return mapFields(shape, (schema) => defaultOf(schema) ?? "") as FormOf<S>;
}

/** The inputs of a stored entity; a secret is undefined while the stored one is kept. */
export function toForm<S extends z.ZodRawShape>(shape: S, stored: object): FormOf<S> {
  const values = stored as Record<string, unknown>;
  const read = (schema: z.core.$ZodType, name: string) =>
    factsOf(schema).kept === "secret" && values[`${name}SetAt`] != null ? undefined : (values[name] ?? "");
  return mapFields(shape, read) as FormOf<S>;
}

/** The values of a form as they are sent: null for what is blank and may be, the default for what doesn't apply. */
export function toSent<S extends z.ZodRawShape>(
  shape: S,
  values: { [K in keyof S]?: unknown },
): z.input<z.ZodObject<S>> {
  return mapFields(shape, (schema, name) => {
    const { applies } = factsOf(schema);
    if (applies && !applies(values as never)) return defaultOf(schema) ?? null;
    const value = values[name];
    return value === "" && isOptional(schema) ? null : value;
  }) as z.input<z.ZodObject<S>>;
}

/** The values of a form that differ from those that it began with. */
export function listChanged<T extends object>(after: T, before: T): Partial<T> {
  const isChanged = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify((before as Record<string, unknown>)[name]);
  return Object.fromEntries(Object.entries(after).filter(isChanged)) as Partial<T>;
}

function mapFields(shape: z.ZodRawShape, map: (schema: z.core.$ZodType, name: string) => unknown): unknown {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, map(schema, name)]));
}
