import type { TokenClient } from "#lib/oauth/tokens/model.ts";
import { withSlot } from "#lib/oauth/tokens/provider-slots.ts";
import { requestToken } from "#lib/oauth/tokens/request-token.ts";
import { startTrace } from "#lib/platform/net/trace.ts";
import type { Ask } from "./inspect-application.ts";

/** Requests a token that nobody is to use: it is neither stored nor shared. */
export function askOnce(client: TokenClient): Ask {
  return async (notes) => {
    const trace = startTrace();
    notes.trace = trace;
    const received = await withSlot(client.endpointUrl, () => requestToken({ ...client, trace }, Date.now));
    notes.received = received;
    const { accessToken, requestedAt, expiresInSeconds } = received;
    return { accessToken, expiresAt: requestedAt + expiresInSeconds * 1000 };
  };
}
