import type { PublishedHead } from "#lib/platform/audit/publish-head.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { sendRequest } from "./request.ts";

/**
 * Sends heads of the audit chain to SALLYPORT_AUDIT_HEAD_URL, by the proxy of the environment; undefined when it is not set.
 * @returns a function that throws what `sendRequest` throws, and `service_error` for an answer other than 2xx.
 */
export function createHeadSender(): ((head: PublishedHead) => Promise<void>) | undefined {
  const { SALLYPORT_AUDIT_HEAD_URL: url, SALLYPORT_AUDIT_HEAD_TOKEN: token } = getEnv();
  if (url === undefined) return undefined;
  return async (head) => {
    const { status } = await sendRequest({
      url,
      method: "POST",
      headers: [
        ["content-type", "application/json"],
        ...(token ? [["authorization", `Bearer ${token}`] as [string, string]] : []),
      ],
      body: JSON.stringify(head),
      proxy: { mode: "environment" },
      trustedCa: null,
      connectTimeoutMs: 5000,
      timeoutMs: 8000,
      maxResponseBytes: 65_536,
    });
    if (status >= 200 && status < 300) return;
    throw new AppError("service_error", `${new URL(url).host} answered the head of the audit chain with ${status}.`);
  };
}
