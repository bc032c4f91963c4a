import { X509Certificate } from "node:crypto";

const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, each as PEM. */
export function splitCertificates(text: string | null): string[] {
  return text?.match(pem) ?? [];
}

/** Why certificates can't be trusted: they aren't PEM, OpenSSL can't read them, or there's something else, such as a key. Null: they can. */
export function findAuthorityProblem(text: string): string | null {
  const blocks = splitCertificates(text);
  if (blocks.length === 0 || text.replace(pem, "").includes("-----")) {
    return "Paste one or more certificates in PEM form (-----BEGIN CERTIFICATE----- …), nothing else.";
  }
  const index = blocks.findIndex((block) => readExpiry(block) === null);
  return index === -1 ? null : `Certificate ${index + 1} of ${blocks.length} can't be read.`;
}

/** When the last of several trusted certificates expires: a successor next to the old one is what counts. */
export function readLastExpiry(text: string | null): Date | null {
  const ends = splitCertificates(text).flatMap((block) => readExpiry(block) ?? []);
  return ends.sort((a, b) => b.getTime() - a.getTime())[0] ?? null;
}

/** When a certificate expires; null for what can't be read. */
export function readExpiry(block: string | undefined): Date | null {
  if (!block) return null;
  try {
    return new X509Certificate(block).validToDate;
  } catch {
    return null;
  }
}
