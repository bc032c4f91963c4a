import { AppError } from "#lib/platform/errors/app-error.ts";

// Tasks for thread-pool.net.test.ts.

export const double = (value: number): number => value * 2;

export function work(ms: number): number {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return ms;
}

export function fillMemory(): number {
  const kept: unknown[] = [];
  for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })));
}

export function fail(message: string): never {
  const fields = [{ field: "a.b", message }];
  throw new AppError("invalid_input", message, { hint: "A hint.", fields, details: { status: 1 } });
}

export function breakDown(): never {
  throw new TypeError("not expected");
}

export const endThread = (): never => process.exit(3);

export const returnFunction = () => () => 1;

export const sizeOf = (bytes: Uint8Array): number => bytes.length;
