import { ConfidentialClientApplication } from "@azure/msal-node";
import { getToken } from "#lib/oauth/tokens/get-token.ts";
import { CLIENTS } from "#sandbox/clients.ts";
import { measureNanoseconds } from "./measure.ts";
import type { Sample } from "./sample.ts";

/** Nanoseconds to get a token that is in memory, ours and msal-node's. */
export async function measureTokenCache(
  sample: Sample,
  places: { authority: string; tokenEndpoint: string; issuer: string },
) {
  const ours = await measureNanoseconds(9, 200_000, () => getToken(sample.subject, { cause: "bench" }));
  const application = new ConfidentialClientApplication({
    auth: {
      clientId: CLIENTS.ordersApi.clientId,
      clientSecret: CLIENTS.ordersApi.clientSecret,
      authority: places.authority,
      knownAuthorities: [new URL(places.authority).host],
      authorityMetadata: JSON.stringify({
        issuer: places.issuer,
        token_endpoint: places.tokenEndpoint,
        authorization_endpoint: `${places.authority}/oauth2/v2.0/authorize`,
        jwks_uri: `${places.authority}/discovery/v2.0/keys`,
      }),
    },
    system: {
      // The first answer fills msal's cache with the token that we have; the network is asked once.
      networkClient: {
        sendGetRequestAsync: () => Promise.reject(new Error("not asked for")),
        sendPostRequestAsync: async <T>() => ({
          headers: {},
          status: 200,
          body: { token_type: "Bearer", expires_in: 3599, access_token: sample.token.accessToken } as T,
        }),
      },
    },
  });
  const request = { scopes: ["api://orders/.default"] };
  await application.acquireTokenByClientCredential(request);
  const again = await application.acquireTokenByClientCredential(request);
  if (!again?.fromCache) throw new Error("msal-node did not answer from its cache");
  const msal = await measureNanoseconds(5, 2000, () => application.acquireTokenByClientCredential(request));
  return { ours, msal };
}
