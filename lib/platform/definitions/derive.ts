import { z } from "zod";
import { factsOf, type Marked, namesOf } from "./field.ts";
import { instant } from "./members.ts";

type Shape = z.ZodRawShape;
type Sent<T> = T extends z.ZodDefault<infer Inner> ? Inner : T;

/** The shape of an edit: every field may be left out, and no default takes its place. */
export type UpdateShape<S extends Shape> = { [K in keyof S]: z.ZodOptional<Extract<Sent<S[K]>, z.ZodType>> };

/** The value of a field as it is stored: null where it was left out. */
export type StoredValue<T> = T extends z.ZodType
  ? Exclude<z.output<T>, undefined> | (undefined extends z.output<T> ? null : never)
  : never;
export type Stored<S extends Shape> = { [K in keyof S]: StoredValue<S[K]> };

/** The default of a field; undefined when it has none. */
export function defaultOf(schema: z.core.$ZodType): unknown {
  return schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
}

/** The shape of an edit. */
export function updateShape<S extends Shape>(shape: S): UpdateShape<S> {
  const entries = Object.entries(shape).map(([name, schema]) => {
    const inner = schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : (schema as z.ZodType);
    const { description } = schema as z.ZodType;
    return [name, inner.optional().meta(description === undefined ? {} : { description })];
  });
  return Object.fromEntries(entries);
}

/** An edit: the version that it was made from, and the fields to change. */
export function editOf<S extends Shape>(shape: S) {
  const version = z.int32().positive().meta({ description: "The version that the edit was made from." });
  return z.object({ version, ...updateShape(shape) });
}

/** The values of fields as their columns hold them: null for what is blank, and each member of a list once. */
export function toStored<S extends Shape>(shape: S, values: { [K in keyof S]?: unknown }): Stored<S> {
  const keep = namesOf(shape, ({ kept }) => kept === undefined);
  return Object.fromEntries(keep.map((name) => [name, toColumn(shape[name]!, values[name])])) as Stored<S>;
}

function toColumn(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === undefined) return defaultOf(schema) ?? null;
  if (Array.isArray(value)) return value.every((item) => typeof item === "string") ? [...new Set(value)] : value;
  return value === "" && isOptional(schema) ? null : value;
}

/** Whether null is accepted: the field has no value then. */
export function isOptional(schema: z.core.$ZodType): boolean {
  return (schema as z.ZodType).safeParse(null).success;
}

/** Whether a field says nothing: it was left out, or has its default. */
export function isLeftOut(schema: z.core.$ZodType, value: unknown): boolean {
  if (value == null || value === "" || (Array.isArray(value) && value.length === 0)) return true;
  return JSON.stringify(value) === JSON.stringify(defaultOf(schema));
}

/** The shape of what is read back: the fields without the rules of entering them, and of secrets the time when they were set. */
export type ReadBack<S extends Shape> = {
  [K in keyof S & string as S[K] extends Marked<{ kept: "secret" }>
    ? `${K}SetAt`
    : S[K] extends Marked<{ kept: "unkept" }>
      ? never
      : K]: S[K] extends Marked<{ kept: "secret" }>
    ? z.ZodType<string | null>
    : S[K] extends Marked<{ stored: infer T }>
      ? T
      : z.ZodType<StoredValue<S[K]>>;
};

/** The shape of what is read back. */
export function readBack<S extends Shape>(shape: S): ReadBack<S> {
  const entries = Object.entries(shape).flatMap(([name, schema]) => {
    const { kept, stored } = factsOf(schema);
    if (kept === "unkept") return [];
    if (kept === "secret") return [[`${name}SetAt`, instant.nullable()] as const];
    const plain = stored ?? withoutRules(schema as z.ZodType);
    return [[name, plain.description === undefined ? withDescription(plain, schema as z.ZodType) : plain] as const];
  });
  return Object.fromEntries(entries) as ReadBack<S>;
}

/** The same type without its limits, defaults, and messages; null where nothing has to be entered. */
export function withoutRules(schema: z.ZodType): z.ZodType {
  return withDescription(strip(schema), schema);
}

function withDescription(plain: z.ZodType, { description }: z.ZodType): z.ZodType {
  return description === undefined ? plain : plain.meta({ description });
}

function strip(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault) return withoutRules(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodNullable) return withoutRules(schema.unwrap() as z.ZodType).nullable();
  if (schema instanceof z.ZodOptional) {
    const inner = withoutRules(schema.unwrap() as z.ZodType);
    return inner instanceof z.ZodNullable ? inner : inner.optional();
  }
  if (schema instanceof z.ZodPipe) return withoutRules(schema.in as z.ZodType);
  if (schema instanceof z.ZodEnum) return z.enum(schema.options as string[]);
  if (schema instanceof z.ZodLiteral) return z.literal(schema.value);
  if (schema instanceof z.ZodArray) return z.array(withoutRules(schema.element as z.ZodType));
  if (schema instanceof z.ZodRecord) return z.record(z.string(), withoutRules(schema.valueType as z.ZodType));
  if (schema instanceof z.ZodObject) return z.object(mapShape(schema.shape, withoutRules));
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const options = schema.options.map((option) => withoutRules(option as z.ZodType)) as [z.ZodObject, z.ZodObject];
    return z.discriminatedUnion(schema.def.discriminator, options);
  }
  if (schema instanceof z.ZodUnion) return z.union(schema.options.map((option) => withoutRules(option as z.ZodType)));
  if (schema instanceof z.ZodNumber) return schema.format === null ? z.number() : z.int();
  if (schema instanceof z.ZodBoolean) return z.boolean();
  if (schema instanceof z.ZodUUID) return z.uuid();
  if (schema instanceof z.ZodString) return z.string();
  // Anything that JSON can say.
  if (schema instanceof z.ZodLazy) return z.unknown();
  throw new Error(`Say in its field how a ${schema.def.type} reads once it is stored.`);
}

function mapShape(shape: Shape, map: (schema: z.ZodType) => z.ZodType): Shape {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, map(schema as z.ZodType)]));
}
