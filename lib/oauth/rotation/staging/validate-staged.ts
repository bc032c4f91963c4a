import { createHash } from "node:crypto";
import { usesKey, usesMutualTls, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import { complainAboutKeyPair } from "#lib/oauth/credential-edits/key-pair.ts";
import { listOrigins, writeTokenColumns } from "#lib/oauth/credential-edits/update-rules.ts";
import { originOf } from "#lib/oauth/credentials/endpoint.ts";
import type { CredentialConfiguration } from "#lib/oauth/credentials/model.ts";
import { haveSameKey } from "#lib/platform/certificates/check-key-material.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import type { StageInput } from "../schema.ts";
import type { SlotRow } from "./store.ts";

type Holds = Pick<SlotRow, "clientSecretSetAt" | "privateKeySetAt" | "certificate" | "secretExpiresOn">;

/**
 * Which servers a secret is entered for. Who may edit a URL may not thereby read what is staged or kept; with another certificate
 * authority or over plain http (this machine only) a proxy would read it too.
 */
export function bindingOf(credential: Route): string {
  const { proxy, trustedCaId } = credential;
  const [origin = "", ...others] = listOrigins(credential);
  const servers = [origin, ...others.sort()].join(", ");
  if (trustedCaId !== null) return `${servers} with the certificate authority ${trustedCaId}`;
  if (!origin.startsWith("http:") || (proxy.mode !== "manual" && proxy.mode !== "named")) return servers;
  return `${servers} through ${proxy.mode === "manual" ? originOf(proxy.url) : `the proxy ${proxy.proxyId}`}`;
}

type Route = Parameters<typeof listOrigins>[0] & Pick<CredentialConfiguration, "proxy" | "trustedCaId">;

const holdsPair = ({ privateKeySetAt, certificate }: Holds) => privateKeySetAt !== null || certificate !== null;

/** Whether the noted day of the end goes with what a slot holds: it is that of the client secret where there is one. */
export function bringsNote(slot: Holds, credential: CredentialConfiguration): boolean {
  return usesSecret(credential) ? slot.clientSecretSetAt !== null : holdsPair(slot);
}

/** The configuration as it is with what a slot holds in force; its secrets aside. */
export function withSlot(credential: CredentialConfiguration, slot: Holds): CredentialConfiguration {
  return {
    ...credential,
    certificate: holdsPair(slot) ? slot.certificate : credential.certificate,
    secretExpiresOn: bringsNote(slot, credential) ? slot.secretExpiresOn : credential.secretExpiresOn,
  };
}

/** A mark of all that a test of a staged secret depends on beside the secret. */
export function markOf(credential: CredentialConfiguration, slot: Holds): string {
  // How often a token is renewed is nothing to the provider.
  const asked = writeTokenColumns({ ...withSlot(credential, slot), refreshIntervalSeconds: 0 });
  return createHash("sha256").update(asked).digest("hex");
}

/** Why what a slot holds can't be used with the credential as it is configured now; null when it can. */
export function findObstacle(
  slot: Holds & Pick<SlotRow, "boundTo">,
  credential: CredentialConfiguration,
): string | null {
  const now = bindingOf(credential);
  if (slot.boundTo !== now) {
    return `It was entered for ${slot.boundTo}; the endpoint is at ${now} now, and a stored secret is never sent to another server.`;
  }
  if (slot.clientSecretSetAt && !usesSecret(credential)) {
    return "It is a client secret, and the credential proves itself with a certificate now.";
  }
  if (!holdsPair(slot)) return null;
  if (!usesKey(credential)) return "It is a certificate, and the credential proves itself with a client secret now.";
  if (!slot.privateKeySetAt && !isRenewal(slot.certificate, credential)) {
    return "It is a certificate without its private key, and the credential has another key now.";
  }
  const [complaint] = complainAboutPair(null, slot.certificate, credential);
  return complaint?.message ?? null;
}

/** Validates what is to be staged. @returns the errors. */
export function validateStaged(
  input: Omit<StageInput, "pkcs12" | "passphrase">,
  credential: CredentialConfiguration,
  now: Date,
): FieldError[] {
  const { clientSecret, privateKey, certificate, secretExpiresOn } = input;
  const found: FieldError[] = [];
  if (!clientSecret && !privateKey && !certificate) {
    return usesSecret(credential)
      ? [{ field: "clientSecret", message: "Enter the next client secret." }]
      : [{ field: "privateKey", message: "Enter the next private key and its certificate." }];
  }
  if (clientSecret && !usesSecret(credential)) {
    const message = "The credential proves itself with a certificate: it has no client secret to replace.";
    found.push({ field: "clientSecret", message });
  }
  if (secretExpiresOn) found.push(...complainAboutDay(secretExpiresOn, input, credential, now));
  if (!privateKey && !certificate) return found;
  if (!usesKey(credential)) {
    const message = "The credential proves itself with a client secret: it has no certificate to replace.";
    return [...found, { field: privateKey ? "privateKey" : "certificate", message }];
  }
  if (!privateKey && !isRenewal(certificate ?? null, credential)) {
    found.push({ field: "privateKey", message: "Enter the private key of the next certificate too." });
  }
  return [...found, ...complainAboutPair(privateKey ?? null, certificate ?? null, credential)];
}

function complainAboutDay(
  day: string,
  { clientSecret }: Pick<StageInput, "clientSecret">,
  credential: CredentialConfiguration,
  now: Date,
): FieldError[] {
  if (usesSecret(credential) && !clientSecret) {
    const message = "This is the day of the client secret. The end of a certificate is read from it.";
    return [{ field: "secretExpiresOn", message }];
  }
  if (day >= now.toISOString().slice(0, 10)) return [];
  return [{ field: "secretExpiresOn", message: "This day has passed. Enter the day on which the next one ends." }];
}

function isRenewal(certificate: string | null, credential: CredentialConfiguration): boolean {
  const { certificate: present, privateKeySetAt } = credential;
  return privateKeySetAt !== null && certificate !== null && present !== null && haveSameKey(certificate, present);
}

function complainAboutPair(
  privateKey: string | null,
  certificate: string | null,
  credential: CredentialConfiguration,
): FieldError[] {
  if (certificate === null && (credential.provider === "entra" || usesMutualTls(credential))) {
    return [{ field: "certificate", message: "Enter the certificate of the next private key too." }];
  }
  return complainAboutKeyPair(privateKey, certificate, credential.provider);
}
