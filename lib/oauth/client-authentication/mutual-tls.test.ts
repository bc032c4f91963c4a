import { expect, test } from "vitest";
import { readClientCertificate, tokenUrlOf, withMutualTlsUrl } from "./mutual-tls.ts";

const endpointUrl = "https://idp.example.com/token";
const secretOnly = { endpointUrl, clientAuthentication: "client_secret_post", presentCertificate: false } as const;
const metadata = { mutualTlsTokenUrl: "https://mtls.example.com/token" };

test("requests go to the alias only if a certificate is shown and the provider has an alias", () => {
  const showing = { ...secretOnly, presentCertificate: true };
  expect(tokenUrlOf(withMutualTlsUrl(showing, metadata))).toBe("https://mtls.example.com/token");
  expect(tokenUrlOf(withMutualTlsUrl(showing, { mutualTlsTokenUrl: null }))).toBe(endpointUrl);
  expect(tokenUrlOf(withMutualTlsUrl(secretOnly, metadata))).toBe(endpointUrl);
});

test("shows a certificate only if the client authenticates with it or presents it", () => {
  const pair = { privateKey: "a key", certificate: "a certificate" };
  expect(readClientCertificate({ ...secretOnly, ...pair })).toBeNull();
  const proof = { ...pair, clientAuthentication: "tls_client_auth", presentCertificate: false } as const;
  expect(readClientCertificate(proof)).toEqual({ key: "a key", certificate: "a certificate" });
  expect(() => readClientCertificate({ ...proof, certificate: null })).toThrow("There is no certificate.");
});
