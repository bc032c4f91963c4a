import { type CertificateClient, readClientCertificate } from "#lib/oauth/client-authentication/mutual-tls.ts";
import { tokenRequestLimits } from "#lib/oauth/tokens/limits.ts";
import type { TokenClient } from "#lib/oauth/tokens/model.ts";
import { type AppError, toAppError } from "#lib/platform/errors/app-error.ts";
import { sendRequest } from "#lib/platform/net/request.ts";
import { isWayOpen, type NetworkTrace, startTrace } from "#lib/platform/net/trace.ts";

/** An endpoint that does not answer a HEAD holds nobody up for longer. */
const answerMs = 2_000;

/**
 * Looks at the way to the token endpoint with a HEAD, which asks for nothing and sends no secret of the client. What the
 * endpoint answers to that is of no account. A certificate for TLS is shown as it is later, or there is no way at all.
 */
export async function probeEndpoint(
  client: Pick<TokenClient, "endpointUrl" | "proxy" | "trustedCa"> & CertificateClient,
): Promise<{ trace: NetworkTrace; failure: AppError | null }> {
  const trace = startTrace();
  try {
    await sendRequest({
      ...tokenRequestLimits,
      timeoutMs: tokenRequestLimits.connectTimeoutMs + answerMs,
      url: client.endpointUrl,
      method: "HEAD",
      headers: [],
      body: null,
      proxy: client.proxy,
      trustedCa: client.trustedCa,
      clientCertificate: readClientCertificate(client),
      trace,
    });
  } catch (err) {
    const failure = toAppError(err);
    if (failure.code === "internal") throw err;
    if (!isWayOpen(trace) || failure.code.startsWith("proxy_")) return { trace, failure };
  }
  return { trace, failure: null };
}
