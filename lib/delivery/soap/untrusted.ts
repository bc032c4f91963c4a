import { AppError, invalidInput, isAppError } from "#lib/platform/errors/app-error.ts";
import { createRunUntrusted } from "#lib/platform/threads/run-untrusted.ts";
import type { WorkBudget } from "#lib/platform/threads/thread-pool.ts";
import { type BuildInput, buildEnvelope, type RawInput, wrapRawEnvelope } from "./build.ts";
import type { ValidateOptions } from "./content/check.ts";
import { describeOperation } from "./describe.ts";
import { findImports, type Import } from "./imports.ts";
import { type LimitedReading, limitReading } from "./limit-reading.ts";
import type {
  ArgumentProblem,
  BuiltEnvelope,
  OperationDescription,
  OperationRef,
  Wsdl,
  WsdlDocument,
} from "./model.ts";
import { readSoapAnswer, type SoapAnswer } from "./read.ts";
import { shareModel } from "./shared-model.ts";
import { validateArguments } from "./validate.ts";

// What comes from outside is handled in a thread if it's large (docs/decisions/0036-untrusted-work-off-the-event-loop.md). Small inputs
// are handled immediately, without a promise.

const runUntrusted = createRunUntrusted<typeof import("./tasks.ts")>("lib/delivery/soap/tasks.ts");

/** Characters up to which work stays on the event loop, where it takes some 20 ms at most. */
export const maxInlineLength = 64 * 1024;
/** A thread is stopped after this time: ten times what the largest inputs take on a busy machine. */
const maxMs = 60_000;

/** The budget of work on a WSDL. @param what the message's object: `compiling the WSDL` */
export const wsdlBudget = (what: string): WorkBudget => ({
  ms: maxMs,
  exceeded: (reason) =>
    new AppError("wsdl_too_large", `Sallyport stopped ${what}: it ${reason}.`, {
      hint: "Upload a WSDL that has only what is needed, use raw envelopes, or send less data.",
    }),
});

/** `findImports`, and its errors. */
export function listImports(document: WsdlDocument): Import[] | Promise<Import[]> {
  if (document.text.length <= maxInlineLength) return findImports(document);
  return runUntrusted("findImports", [document], wsdlBudget("reading the WSDL"));
}

/** `describeOperation`, and its errors. @param bytes of the WSDL */
export function describeUntrusted(
  wsdl: Wsdl,
  ref: OperationRef,
  bytes: number,
): OperationDescription | Promise<OperationDescription> {
  if (bytes <= 16 * maxInlineLength) return describeOperation(wsdl, ref);
  return runUntrusted("describe", [shareModel(wsdl), ref], wsdlBudget("describing the operation"));
}

/** `validateArguments`, and its errors. */
export function checkArguments(
  wsdl: Wsdl,
  ref: OperationRef,
  args: unknown,
  options: ValidateOptions = { templates: false },
): ArgumentProblem[] | Promise<ArgumentProblem[]> {
  if (!isLarge(args)) return validateArguments(wsdl, ref, args, options);
  return runUntrusted("validate", [shareModel(wsdl), ref, args, options], wsdlBudget("checking the arguments"));
}

/** `buildEnvelope`, and its errors. @param limitMs after which the work is stopped */
export function buildCall(
  wsdl: Wsdl,
  ref: OperationRef,
  input: BuildInput,
  limitMs?: number,
): BuiltEnvelope | Promise<BuiltEnvelope> {
  if (!isLarge([input.arguments, input.headers])) return buildEnvelope(wsdl, ref, input);
  return runUntrusted("build", [shareModel(wsdl), ref, input], {
    ...wsdlBudget("building the envelope"),
    signal: signalAfter(limitMs),
  });
}

const signalAfter = (ms: number | undefined) =>
  ms === undefined ? undefined : AbortSignal.timeout(Math.max(1, Math.ceil(ms)));

/** `wrapRawEnvelope`, and its errors. @param limitMs as in `buildCall` */
export function wrapUntrusted(input: RawInput, limitMs?: number): BuiltEnvelope | Promise<BuiltEnvelope> {
  if (input.envelope.length <= maxInlineLength) return wrapRawEnvelope(input);
  const exceeded = (reason: string) =>
    invalidInput([{ field: "request.envelope", message: `Checking the envelope ${reason}.` }]);
  return runUntrusted("wrapRawEnvelope", [input], { ms: maxMs, exceeded, signal: signalAfter(limitMs) });
}

/** `readSoapAnswer`, with no more than a receipt keeps. A response that exceeds the budget has a problem. */
export function readUntrusted(
  answer: SoapAnswer,
  wsdl: Wsdl | null,
  ref: OperationRef | null,
): LimitedReading | Promise<LimitedReading> {
  if (answer.body.length <= maxInlineLength) return limitReading(readSoapAnswer(answer, wsdl, ref));
  return readInThread(answer, wsdl, ref);
}

async function readInThread(
  { status, headers, body }: SoapAnswer,
  wsdl: Wsdl | null,
  ref: OperationRef | null,
): Promise<LimitedReading> {
  const exceeded = (reason: string) => new AppError("soap_answer_unreadable", `reading it ${reason}.`);
  try {
    return await runUntrusted("read", [{ status, headers, body }, wsdl && shareModel(wsdl), ref], {
      ms: maxMs,
      exceeded,
    });
  } catch (err) {
    if (!isAppError(err)) throw err;
    const problems: Partial<Record<string, string>> = {
      soap_answer_unreadable: err.message,
      too_many_in_progress: "too many large responses wait to be read.",
    };
    const problem = problems[err.code];
    if (problem === undefined) throw err;
    const nothing = { envelope: false, fault: null, json: null, jsonCut: false, headers: null, xml: null };
    return { ...nothing, attachments: [], problem };
  }
}

/** How much a value's member counts, in characters. */
const memberLength = 16;

/** Whether a value is larger than what's handled immediately; it looks at no more than that. */
function isLarge(value: unknown): boolean {
  let left = maxInlineLength;
  const waiting = [value];
  while (waiting.length > 0 && left >= 0) {
    const next = waiting.pop();
    left -= memberLength;
    if (typeof next === "string") left -= next.length;
    else if (typeof next === "object" && next !== null) {
      for (const name in next) {
        left -= Array.isArray(next) ? memberLength : name.length;
        if (left < 0) return true;
        waiting.push((next as Record<string, unknown>)[name]);
      }
    }
  }
  return left < 0;
}
