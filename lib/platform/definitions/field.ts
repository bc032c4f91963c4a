import { z } from "zod";

/** What a field of an entity is besides its schema. */
export type FieldFacts = {
  /** What people read next to it. */
  label: string;
  /** The values of an enum in words. */
  words?: Readonly<Record<string, string>>;
  /** `secret`: stored sealed, and read back as the time when it was set. `unkept`: used once and not stored. `derived`: follows from other fields. */
  kept?: "secret" | "unkept" | "derived";
  /** A token that was issued before a change of this field is no longer used. */
  concernsTokens?: boolean;
  /** Whether the field applies, given the others. What doesn't apply is hidden, and its default is stored. */
  applies?: (values: never) => boolean;
  /** How the stored value reads, where it isn't the accepted one without its rules. */
  stored?: z.ZodType;
};

const facts = new WeakMap<object, FieldFacts>();

declare const known: unique symbol;
/** Facts that decide the type of what is read back. */
export type Marked<F> = { readonly [known]: F };
type Mark<F> = F extends { kept: string } | { stored: z.ZodType } ? Marked<F> : unknown;

/** Gives a schema the facts of a field. The field is a copy, so two fields can share a schema. */
export function field<S extends z.ZodType, F extends Omit<FieldFacts, "label"> = Record<never, never>>(
  label: string,
  schema: S,
  more?: F,
): S & Mark<F> {
  const copy = z.core.clone<z.ZodType>(schema, schema._zod.def, { parent: true });
  facts.set(copy, { label, ...more });
  return copy as S & Mark<F>;
}

/** The facts of a field. @throws Error for a schema that isn't one. */
export function factsOf(schema: z.core.$ZodType): FieldFacts {
  const found = facts.get(schema);
  if (!found) throw new Error("This schema is not a field.");
  return found;
}

/** The names of the fields that a test selects. */
export function namesOf<S extends z.ZodRawShape>(
  shape: S,
  select: (facts: FieldFacts) => boolean,
): (keyof S & string)[] {
  return Object.keys(shape).filter((name) => select(factsOf(shape[name]!)));
}

/** The labels of all fields by their names. */
export function labelsOf<S extends z.ZodRawShape>(shape: S): Record<keyof S & string, string> {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, factsOf(schema).label])) as never;
}

/** The values of a field in words. */
export function wordsOf<S extends z.ZodType>(
  schema: S,
): Record<Exclude<z.output<S>, null | undefined> & string, string> {
  return factsOf(schema).words as never;
}

/** The options of a field with few values, as a form offers them. */
export function optionsOf(schema: z.ZodType): { value: string; label: string }[] {
  return Object.entries(factsOf(schema).words ?? {}).map(([value, label]) => ({ value, label }));
}
