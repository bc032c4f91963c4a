import type { SoapCall } from "#lib/delivery/runs/soap.ts";
import type { SoapPlan } from "#lib/delivery/transports/plan.ts";
import { spellOutNumbers } from "#lib/platform/edges/exact-json.ts";
import { joinPieces, toText, writeBody } from "./escaping.ts";
import type { SoapRequestTemplate } from "./model.ts";
import { threadLimits, withinLimits } from "./rendering/limits.ts";
import {
  listVariables,
  type Piece,
  parseTemplate,
  renderTemplate,
  type Scope,
  type Template,
  templateError,
} from "./template.ts";

/** Arguments with their templates parsed; what holds none stays as it is. */
type CompiledValue =
  | { kind: "constant"; value: unknown }
  | { kind: "template"; template: Template }
  | { kind: "list"; items: CompiledValue[] }
  | { kind: "object"; members: [string, CompiledValue][] };

/** The parsed request of a WS_SOAP trigger. */
export type CompiledSoapRequest = {
  source: SoapRequestTemplate;
  operation: string;
  arguments: CompiledValue;
  headers: Template;
  envelope: Template | null;
  action: Template;
  safeToRepeat: boolean;
  variables: string[];
  /** All templates. */
  templates: Template[];
  /** The whole values among them: `"lines": "{{variables.lines}}"`, by the path of the argument. */
  wholeVariables: Map<string, string>;
};

/** The header blocks of a transport. */
export type OwnHeaders = { settings: Pick<SoapPlan["settings"], "headers"> };

const wholeVariable = /^\s*\{\{\s*variables\.([\w-]+)\s*\}\}\s*$/;

/**
 * Parses the templates of a request.
 * @throws AppError `template_invalid` with the field
 */
export function compileSoapRequest(request: SoapRequestTemplate): CompiledSoapRequest {
  const templates: Template[] = [];
  const wholeVariables = new Map<string, string>();
  const parse = (source: string, field: string): Template => {
    const template = parseTemplate(source, field);
    templates.push(template);
    return template;
  };
  const compile = (value: unknown, path: string): CompiledValue => {
    if (typeof value === "string") {
      const template = parse(value, path === "" ? "request.arguments" : `request.arguments.${path}`);
      if (template.isConstant) return { kind: "constant", value };
      const whole = wholeVariable.exec(value)?.[1];
      if (whole) wholeVariables.set(path, whole);
      return { kind: "template", template };
    }
    if (typeof value !== "object" || value === null) return { kind: "constant", value };
    const inner = Array.isArray(value)
      ? { kind: "list" as const, items: value.map((item, index) => compile(item, `${path}[${index}]`)) }
      : {
          kind: "object" as const,
          members: Object.entries(value).map(([name, member]): [string, CompiledValue] => [
            name,
            compile(member, path === "" ? name : `${path}.${name}`),
          ]),
        };
    const parts = inner.kind === "list" ? inner.items : inner.members.map(([, member]) => member);
    return parts.every((part) => part.kind === "constant") ? { kind: "constant", value } : inner;
  };
  const compiled = {
    source: request,
    operation: request.operation,
    arguments: compile(request.arguments, ""),
    headers: parse(request.headers ?? "", "request.headers"),
    envelope: request.envelope ? parse(request.envelope, "request.envelope") : null,
    action: parse(request.action ?? "", "request.action"),
    safeToRepeat: request.safeToRepeat ?? false,
  };
  return { ...compiled, variables: listVariables(templates), templates, wholeVariables };
}

/**
 * The call that a run makes, without any secret.
 * @throws AppError `invalid_input` at `variables.NAME` for a variable that is missing, `template_invalid` for the rest
 */
export function renderSoapCall(
  compiled: CompiledSoapRequest,
  soap: OwnHeaders,
  scope: Scope,
  limits = threadLimits,
): SoapCall {
  return withinLimits(limits, () => render(compiled, soap, scope));
}

function render(compiled: CompiledSoapRequest, { settings }: OwnHeaders, scope: Scope): SoapCall {
  return {
    operation: compiled.operation === "" ? null : compiled.operation,
    arguments: renderValue(compiled.arguments, scope) as Record<string, unknown>,
    headers: settings.headers + renderXml(compiled.headers, scope),
    envelope: compiled.envelope && renderXml(compiled.envelope, scope),
    action: renderText(compiled.action, scope),
    safeToRepeat: compiled.safeToRepeat,
  };
}

function renderValue(compiled: CompiledValue, scope: Scope): unknown {
  if (compiled.kind === "constant") return compiled.value;
  if (compiled.kind === "list") return compiled.items.map((item) => renderValue(item, scope));
  if (compiled.kind === "object") {
    return Object.fromEntries(compiled.members.map(([name, member]) => [name, renderValue(member, scope)]));
  }
  const pieces = renderTemplate(compiled.template, scope).filter((piece) => !("text" in piece && piece.text === ""));
  const [first] = pieces;
  if (pieces.length === 1 && first && "value" in first) return spellOutNumbers(first.value ?? null);
  return joinText(compiled.template, pieces);
}

function renderText(template: Template, scope: Scope): string {
  return joinText(template, renderTemplate(template, scope));
}

function joinText(template: Template, pieces: Piece[]): string {
  try {
    return joinPieces(pieces, toText);
  } catch (cause) {
    throw templateError(template.field, (cause as Error).message, cause);
  }
}

function renderXml(template: Template, scope: Scope): string {
  if (template.isConstant) return template.source;
  const pieces = renderTemplate(template, scope);
  try {
    return writeBody(pieces, "xml");
  } catch (cause) {
    throw templateError(template.field, (cause as Error).message, cause);
  }
}
