import type { AppError } from "#lib/platform/errors/app-error.ts";

/** A response. `proxy` is `none` or the URL of the proxy used, without credentials. Redirects are responses like any other. */
export type InboundResponse = { status: number; headers: [string, string][]; body: Buffer; proxy: string };

const partials = new WeakMap<AppError, InboundResponse>();

/** Keeps what had arrived of a response when it failed after its status line. */
export function keepPartial(err: AppError, response: InboundResponse): AppError {
  partials.set(err, response);
  return err;
}

/** What had arrived when a request failed, null when there was no status line yet. */
export function findPartial(err: unknown): InboundResponse | null {
  return partials.get(err as AppError) ?? null;
}
