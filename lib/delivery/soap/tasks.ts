import { type BuildInput, buildEnvelope, wrapRawEnvelope } from "./build.ts";
import { describeOperation } from "./describe.ts";
import { limitReading } from "./limit-reading.ts";
import type { OperationRef } from "./model.ts";
import { readSoapAnswer, type SoapAnswer } from "./read.ts";
import { openKeptModel, type SharedModel } from "./shared-model.ts";
import { validateArguments } from "./validate.ts";

// What threads do for untrusted.ts.

export { findImports } from "./imports.ts";
export { wrapRawEnvelope };

export const validate = (model: SharedModel, ...rest: Rest<typeof validateArguments>) =>
  validateArguments(openKeptModel(model), ...rest);

export const build = (model: SharedModel, ref: OperationRef, input: BuildInput) =>
  buildEnvelope(openKeptModel(model), ref, input);

export const describe = (model: SharedModel, ref: OperationRef) => describeOperation(openKeptModel(model), ref);

export function read({ status, headers, body }: SoapAnswer, model: SharedModel | null, ref: OperationRef | null) {
  // A buffer arrives as a plain array.
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return limitReading(readSoapAnswer({ status, headers, body: buffer }, model && openKeptModel(model), ref));
}

type Rest<F> = F extends (first: never, ...rest: infer R) => unknown ? R : never;
