import { Context, Liquid, type Template, Token, toValueSync } from "liquidjs";
import { countRendered, liquidLimits } from "./limits.ts";

const keptTags = ["assign", "for", "break", "continue", "if", "unless", "case", "comment", "raw", "#"];

// Liquid counts lines from the beginning for each variable of a template that it analyzes, which takes seconds for a long one.
let lines = { input: "", starts: [0] };
Token.prototype.getPosition = function (this: Token): [number, number] {
  const { input, begin } = this;
  if (lines.input !== input)
    lines = { input, starts: [0, ...[...input.matchAll(/\n/g)].map(({ index }) => index + 1)] };
  const row = lines.starts.findLastIndex((start) => start <= begin);
  return [row + 1, begin - lines.starts[row]! + 1];
};

/** The Liquid language without tags that read files or write values unescaped. @param outputEscape gets each value */
export function createEngine(outputEscape: (value: unknown) => string): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    templates: {},
    parseLimit: 300_000,
    timezoneOffset: 0,
    preserveTimezones: true,
    outputEscape,
  });
  for (const tag of Object.keys(liquid.tags)) if (!keptTags.includes(tag)) delete liquid.tags[tag];
  liquid.unregisterFilter("raw");
  for (const [name, filter] of Object.entries(liquid.filters)) {
    const { handler, raw = false } = typeof filter === "function" ? { handler: filter } : filter;
    const limited = function (this: { context: Context }, ...args: unknown[]) {
      limitFilter(this.context, name, args);
      return handler.apply(this as never, args as never);
    };
    liquid.registerFilter(name, { handler: limited as never, raw });
  }
  return liquid;
}

/** Liquid limits only some of its filters, and none in time. An expression is evaluated for each item of a list. */
function limitFilter({ memoryLimit, renderLimit }: Context, name: string, args: unknown[]): void {
  renderLimit.check(performance.now());
  const sizes = args.map((value) => (typeof value === "string" || Array.isArray(value) ? value.length : 1));
  const [first = 0, ...rest] = sizes;
  const others = rest.reduce((sum, size) => sum + size, 0);
  memoryLimit.use(name.endsWith("_exp") ? first * others : first + others);
}

/** Renders a template within the limits of its request; it counts the output as it grows. */
export function renderNodes(engine: Liquid, nodes: Template[], scope: object): string {
  const emitter = {
    buffer: "",
    write(html: unknown) {
      const text = html === null || html === undefined ? "" : String(html);
      countRendered(text.length);
      this.buffer += text;
    },
  };
  const { options, renderer } = engine;
  const { memoryLimit, renderLimit } = liquidLimits();
  const context = new Context(
    scope,
    options,
    { sync: true, memoryLimit },
    { renderLimit: renderLimit as Context["renderLimit"] },
  );
  toValueSync(renderer.renderTemplates(nodes, context, emitter));
  return emitter.buffer;
}
