import type { Template as LiquidTemplate } from "liquidjs";
import { AppError, invalidInput, isAppError } from "#lib/platform/errors/app-error.ts";
import { createEngine, renderNodes } from "./rendering/engine.ts";
import { countRendered, isLimit } from "./rendering/limits.ts";

/**
 * A rendered template, not yet joined to text: what stood in the template as it is, and the values that it put out.
 * Who knows the place (a path, a JSON string …) escapes the values for it.
 */
export type Piece = { text: string } | { value: unknown };

/** A parsed template. `field` is where it was entered, for messages. */
export type Template = { source: string; field: string; nodes: LiquidTemplate[]; isConstant: boolean };

/** What a webhook brought, for `{{webhook.body.x}}`; names of headers are in lower case. */
export type WebhookScope = {
  body: unknown;
  headers: Record<string, string>;
  query: Record<string, string | string[]>;
};

/** What a template may name. */
export type Scope = {
  variables: Record<string, unknown>;
  /** `dueAt` is the due time of a schedule, null for other runs. */
  run: { id: string; startedAt: string; dueAt?: string | null };
  webhook?: WebhookScope | null;
};

/** Stands around the number of a value in rendered text; a template itself may not hold it (lib/delivery/triggers/schema.ts). */
const mark = "\0";
/** The values of the one render that is going on; rendering is synchronous. */
let putOut: unknown[] = [];

const engine = createEngine((value) => {
  countRendered(sizeOf(value));
  return `${mark}${putOut.push(value) - 1}${mark}`;
});

/** How long a value is at least when it's written. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  return typeof value === "object" && value !== null ? JSON.stringify(value).length : 1;
}

/** More than anybody writes by hand: parsing takes 10 µs for each of them. */
const maxTags = 5000;

/**
 * Parses a template of the Liquid language (liquidjs). Tags that read files or would write values unescaped are left out,
 * and so is the filter `raw`.
 * @throws AppError `template_invalid` with the field
 */
export function parseTemplate(source: string, field: string): Template {
  if (source.split("{{").length + source.split("{%").length > maxTags) {
    throw templateError(field, `it has more than ${maxTags} outputs and tags`);
  }
  try {
    const nodes = engine.parse(source);
    return { source, field, nodes, isConstant: !source.includes("{{") && !source.includes("{%") };
  } catch (cause) {
    throw templateError(field, explain(cause), cause);
  }
}

/**
 * Renders a template.
 * @throws AppError `invalid_input` at `variables.NAME` when a variable was not given, else `template_invalid`
 */
export function renderTemplate(template: Template, scope: Scope): Piece[] {
  if (template.isConstant) return [{ text: template.source }];
  putOut = [];
  try {
    const rendered = renderNodes(engine, template.nodes, scope);
    const values = putOut;
    return rendered
      .split(mark)
      .map((part, index) => (index % 2 === 0 ? { text: part } : { value: values[Number(part)] }));
  } catch (cause) {
    const missing = /^undefined variable: ([^\s,]+)/.exec(cause instanceof Error ? cause.message : "")?.[1];
    if (!missing) throw templateError(template.field, explain(cause), cause);
    throw invalidInput([{ field: missing, message: `Not given, but ${template.field} uses it.` }]);
  } finally {
    putOut = [];
  }
}

/**
 * The names that templates use as `variables.NAME`, sorted.
 * @throws AppError `template_invalid` when a template uses any other name than `variables`, `run` and `webhook`
 */
export function listVariables(templates: Template[]): string[] {
  const names = new Set<string>();
  for (const template of templates) {
    if (template.isConstant) continue;
    for (const [root, name] of engine.globalVariableSegmentsSync(template.nodes)) {
      if (root === "variables" && typeof name === "string") names.add(name);
      if (root === "variables" || root === "run" || root === "webhook") continue;
      throw templateError(
        template.field,
        `${String(root)} is unknown; a variable is written {{variables.${String(root)}}}`,
      );
    }
  }
  return [...names].sort();
}

/** Where templates use a root such as `webhook`, and which part of it: `["body", "order", "id"]`. */
export function listUses(templates: Template[], root: "variables" | "webhook"): { field: string; path: string[] }[] {
  return templates
    .filter((template) => !template.isConstant)
    .flatMap(({ field, nodes }) =>
      engine
        .globalVariableSegmentsSync(nodes)
        .filter(([name]) => name === root)
        .map(([, ...path]) => ({ field, path: path.filter((part) => !Array.isArray(part)).map(String) })),
    );
}

/** A webhook that has everything that templates use, each value its own name, for a preview. */
export function sampleWebhook(templates: Template[]): WebhookScope {
  const sample: Record<string, unknown> = { body: {}, headers: {}, query: {} };
  for (const { path } of listUses(templates, "webhook")) {
    let at = sample;
    for (const [index, part] of path.entries()) {
      const isLast = index === path.length - 1;
      const known = Object.hasOwn(at, part) ? at[part] : undefined;
      if (isLast) {
        if (known === undefined) setOwn(at, part, part);
      } else {
        if (typeof known !== "object" || known === null) setOwn(at, part, {});
        at = at[part] as Record<string, unknown>;
      }
    }
  }
  return sample as WebhookScope;
}

/** Also for names such as `__proto__`. */
function setOwn(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}

/** `template_invalid` at a field. */
export function templateError(field: string, message: string, cause?: unknown): AppError {
  return new AppError("template_invalid", `${field}: ${message}.`, {
    hint: "Correct the request of the trigger; its preview shows what would be sent.",
    fields: [{ field, message: `${message}.` }],
    cause,
  });
}

/** Whether a request exceeded its limits. */
export const isRenderLimit = (err: unknown): boolean =>
  isAppError(err) && err.code === "template_invalid" && isLimit(err.message);

/** Liquid's message in one line, without the excerpt of the template. */
function explain(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split("\n")[0]!.replace(/\.$/, "");
}
