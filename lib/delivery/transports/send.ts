import { authorize } from "./authorize.ts";
import { type HttpAnswer, sendHttp } from "./http.ts";
import type { Authorization } from "./model.ts";
import type { TransportPlan } from "./plan.ts";
import type { SentRequest } from "./redirect.ts";

/** Said to the service unless the request says otherwise. */
const defaultHeaders: [string, string][] = [
  ["accept", "*/*"],
  ["user-agent", "Sallyport"],
];

/**
 * The request as it goes out: the portal's own headers and the Authorization added.
 * @param request complete but for the Authorization.
 */
export function prepareRequest(request: SentRequest, authorization: Authorization): SentRequest {
  const given = new Set(request.headers.map(([name]) => name.toLowerCase()));
  const added = defaultHeaders.filter(([name]) => !given.has(name));
  return { ...request, headers: [...request.headers, ...added, ...authorize(authorization)] };
}

/**
 * Sends a prepared request; HTTP and WS_SOAP go the same road.
 * @throws AppError what `sendHttp` throws
 */
export async function send(plan: TransportPlan, request: SentRequest, timeoutMs: number): Promise<HttpAnswer> {
  return sendHttp(plan, request, timeoutMs);
}
