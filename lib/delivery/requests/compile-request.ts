import type { RunRequest } from "#lib/delivery/runs/model.ts";
import type { HttpSettings } from "#lib/delivery/transports/definition.ts";
import { requireCharset } from "#lib/delivery/transports/encode-body.ts";
import { joinUrl } from "#lib/delivery/transports/send.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { isSecretHeader } from "#lib/platform/header-values/secret-names.ts";
import type { EnteredValue } from "#lib/platform/header-values/secret-values.ts";
import { removed } from "#lib/platform/redaction/echoes.ts";
import {
  type BodyKind,
  bodyKind,
  defaultContentType,
  isInsideJsonString,
  listTexts,
  samplePieces,
  writeBody,
  writeHeaderValue,
  writePath,
} from "./escaping.ts";
import { type HttpRequestTemplate, listParameters } from "./model.ts";
import { inlineLimits, threadLimits, withinLimits } from "./rendering/limits.ts";
import {
  listUses,
  listVariables,
  type Piece,
  parseTemplate,
  renderTemplate,
  type Scope,
  type Template,
  templateError,
} from "./template.ts";

/** The value of a secret header is opened when the request is sent: `value` only tells which variables it uses. */
type CompiledHeader = { name: string; value: Template; open: ((scope: Scope) => string) | null };

/** Opens the header values of a transport and a trigger, in the order of their headers. */
export type HeaderOpeners = { transport: () => string[]; trigger: () => string[] };

const nothingToOpen: HeaderOpeners = { transport: () => [], trigger: () => [] };

/** The parsed request of a trigger, together with the transport that it is sent through. */
export type CompiledRequest = {
  source: HttpRequestTemplate;
  http: HttpSettings;
  path: Template;
  query: [string, Template][];
  headers: CompiledHeader[];
  body: Template;
  variables: string[];
  /** All of them. */
  templates: Template[];
};

/**
 * Parses the templates of a request.
 * @param http settings of the transport: its URL comes first, its headers stand where the trigger has none of that name.
 * @param openers needed for a request that will be sent.
 * @throws AppError `template_invalid` with the field
 */
export function compileRequest(
  request: HttpRequestTemplate,
  http: HttpSettings,
  openers: HeaderOpeners = nothingToOpen,
): CompiledRequest {
  const path = parseTemplate(request.path, "request.path");
  const query = listParameters(request.query).map(({ name, value }, index): [string, Template] => [
    name,
    parseTemplate(value, `request.query.${index}.value`),
  ]);
  const headers = mergeHeaders(http.headers, request.headers, openers);
  const body = parseTemplate(request.body, "request.body");
  const templates = [path, ...query.map(([, value]) => value), ...headers.map((header) => header.value), body];
  return { source: request, http, path, query, headers, body, variables: listVariables(templates), templates };
}

/**
 * The request that a run sends, without Authorization.
 * @throws AppError `invalid_input` at `variables.NAME` for a variable that is missing, `template_invalid` for the rest
 */
export function buildRequest(compiled: CompiledRequest, scope: Scope, limits = threadLimits): RunRequest {
  return withinLimits(limits, () => build(compiled, scope));
}

function build(compiled: CompiledRequest, scope: Scope): RunRequest {
  const headers = compiled.headers.map(({ name, value, open }): [string, string] => [
    name,
    open ? removed : write(value, scope, writeHeaderValue),
  ]);
  const given = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? null;
  const kind = bodyKind(given, compiled.body.source);
  const body = write(compiled.body, scope, (pieces) => (isEmpty(pieces) ? "" : writeBody(pieces, kind)));
  if (body !== "" && given === null) headers.push(["content-type", defaultContentType(kind)]);
  return {
    method: compiled.http.method,
    url: buildUrl(compiled, scope),
    headers,
    body: body === "" ? null : body,
    ...listSecretHeaders(compiled, scope),
  };
}

/** The headers of a request whose values are opened when it's sent. */
export function listSecretHeaders({ headers }: CompiledRequest, scope: Scope): Pick<RunRequest, "secretHeaders"> {
  const secretHeaders = headers.flatMap(({ open }, index) =>
    open ? [{ index, open: () => withinLimits(inlineLimits, () => open(scope)) }] : [],
  );
  return secretHeaders.length > 0 ? { secretHeaders } : {};
}

function buildUrl({ http, path, query }: CompiledRequest, scope: Scope): string {
  const written = write(path, scope, writePath);
  const pairs = query.flatMap(([name, value]) =>
    write(value, scope, listTexts).map(
      (text) => `${encodeURIComponent(name)}=${encodeURIComponent(text.toWellFormed())}`,
    ),
  );
  return joinUrl(http.url, written, pairs.join("&"));
}

function write<T>(template: Template, scope: Scope, writePieces: (pieces: Piece[]) => T): T {
  const pieces = renderTemplate(template, scope);
  try {
    return writePieces(pieces);
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw templateError(template.field, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function isEmpty(pieces: Piece[]): boolean {
  return pieces.every((piece) => "text" in piece && piece.text.trim() === "");
}

function mergeHeaders(
  ofTransport: readonly EnteredValue[],
  ofTrigger: readonly EnteredValue[],
  openers: HeaderOpeners,
): CompiledHeader[] {
  const own = new Set(ofTrigger.map((header) => header.name.toLowerCase()));
  const transportHeaders = ofTransport.map((header, index) => ({
    name: header.name,
    value: literal(header.value ?? "", `http.headers.${header.name}`),
    open: isSealed(header) ? () => openers.transport()[index]! : null,
  }));
  const triggerHeaders = ofTrigger.map((header, index) => {
    const field = `request.headers.${index}.value`;
    const open = (scope: Scope) => write(parseTemplate(openers.trigger()[index]!, field), scope, writeHeaderValue);
    const value = parseTemplate(header.value ?? "", field);
    return { name: header.name, value, open: isSealed(header) ? open : null };
  });
  return [...transportHeaders.filter(({ name }) => !own.has(name.toLowerCase())), ...triggerHeaders];
}

/** Whether a header's value isn't in it: stored values of older versions still are. */
function isSealed({ setAt, value, ...named }: EnteredValue): boolean {
  return setAt !== undefined || (named.secret === true && isSecretHeader(named)) || value == null;
}

/** Writes the outputs of a template that a secret value is, without the text around them. */
export function outlineTemplate(source: string): string {
  if (!/\{[{%]/.test(source)) return "";
  const uses = (["variables", "webhook"] as const).flatMap((root) =>
    listUses([parseTemplate(source, "request.headers")], root).map(({ path }) => [root, ...path]),
  );
  return uses
    .map(([root, ...path]) => `{{${root}${path.map((part) => `[${JSON.stringify(part)}]`).join("")}}}`)
    .join("");
}

/** Headers of a transport are no templates. */
function literal(source: string, field: string): Template {
  return { source, field, nodes: [], isConstant: true };
}

/**
 * The variables that stand in a JSON body in the place of a whole value, outside of string literals: what a number, true or
 * an object is good for. Who asks people for values reads these as JSON.
 */
export function findJsonVariables({ headers, body }: CompiledRequest): string[] {
  if (!literalBodyKind(headers, body)?.startsWith("json")) return [];
  const names = new Set<string>();
  let before = "";
  for (const [match, literal = "", output] of body.source.matchAll(/([\s\S]*?)(\{\{[\s\S]*?\}\}|$)/g)) {
    if (match === "") break;
    before += literal.replace(/\{%[\s\S]*?%\}/g, "");
    if (!output || isInsideJsonString(before)) continue;
    for (const [, name] of output.matchAll(/\bvariables\.([\w-]+)/g)) if (name) names.add(name);
  }
  return [...names].sort();
}

/**
 * Refuses mistakes that show without values: a path with a query, a body that can't become JSON, a charset that can't be sent.
 * @throws AppError `template_invalid` with the field
 */
export function checkLiterals({ path, headers, body }: CompiledRequest): void {
  const literalPath = path.source.replace(/\{[{%][\s\S]*?[}%]\}/g, "x");
  attempt(path, () => writePath([{ text: literalPath }]));
  const type = headers.find(({ name }) => name.toLowerCase() === "content-type");
  if (type?.value.isConstant) attempt(type.value, () => requireCharset(type.value.source));
  const kind = literalBodyKind(headers, body);
  if (kind === "unknown") attempt(body, () => writeBody(samplePieces(body.source, "x"), kind));
  if (!kind?.startsWith("json") || body.source.includes("{%") || body.source.trim() === "") return;
  const sample = (value: unknown) => writeBody(samplePieces(body.source, value), kind);
  try {
    sample(0);
  } catch {
    attempt(body, () => sample("0"));
  }
}

/** The body's kind as far as it is known without values; null when its media type is a template. */
function literalBodyKind(headers: CompiledRequest["headers"], body: Template): BodyKind | null {
  const type = headers.find(({ name }) => name.toLowerCase() === "content-type")?.value;
  return type && !type.isConstant ? null : bodyKind(type?.source ?? null, body.source);
}

function attempt(template: Template, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw templateError(template.field, (cause as Error).message, cause);
  }
}
