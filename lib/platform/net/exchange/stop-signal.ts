import { EventEmitter } from "node:events";
import type { AppError } from "#lib/platform/errors/app-error.ts";

/**
 * Ends a request as undici takes it beside an AbortSignal: an emitter of `abort`. An AbortController per request costs a
 * fifth of a small request's CPU time. (It must not have a member `aborted`: undici takes it for an AbortSignal then.)
 */
export class StopSignal extends EventEmitter {
  /** Why it was stopped, null while it was not. */
  reason: AppError | null = null;

  /** Ends what listens; the first reason counts. */
  stop(reason: AppError): void {
    if (this.reason) return;
    this.reason = reason;
    this.emit("abort");
  }
}
