import { X509Certificate } from "node:crypto";
import { type ClientProof, usesKey, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import type { CredentialStatus } from "./kinds.ts";

/** From this many days before its end a secret or certificate makes the status `expiring`. */
export const warningDays = 30;
export const dayMs = 86_400_000;

/** What the reason says once the end has come. */
export const endedWords = " ended on ";

type Dates = ClientProof & { secretExpiresOn: string | null; certificate: string | null };

/** The end that comes first: of the secret as the admin noted it, or of the certificate in use. */
export function soonestExpiry(from: Dates): { what: "client secret" | "certificate"; at: Date } | null {
  const ends: { what: "client secret" | "certificate"; at: Date }[] = [];
  if (from.secretExpiresOn) {
    // The noted day itself still counts, to its end in UTC.
    const at = new Date(Date.parse(`${from.secretExpiresOn}T00:00:00Z`) + dayMs);
    ends.push({ what: usesSecret(from) ? "client secret" : "certificate", at });
  }
  const at = from.certificate && usesKey(from) ? readEnd(from.certificate) : null;
  if (at) ends.push({ what: "certificate", at });
  return ends.sort((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null;
}

/** Null for what is no certificate; that is complained about where it is entered. */
function readEnd(certificate: string): Date | null {
  try {
    return new Date(new X509Certificate(certificate).validTo);
  } catch {
    return null;
  }
}

/**
 * What a working credential's status is on account of its secret's end: `active`, or `expiring` with the reason. The
 * reason names the day, not how many are left: it stays true until the day comes.
 */
export function statusOfWorking(from: Dates, now: Date): { status: CredentialStatus; statusReason: string } {
  const end = soonestExpiry(from);
  if (!end || end.at.getTime() - now.getTime() >= (warningDays + 1) * dayMs) {
    return { status: "active", statusReason: "The last token request succeeded." };
  }
  const day = lastDayOf(end.at);
  const statusReason =
    end.at <= now
      ? `The ${end.what}${endedWords}${day}, as noted here. Replace it, or correct the date.`
      : `The ${end.what} ends on ${day}. Get a new one in time.`;
  return { status: "expiring", statusReason };
}

/** The last day, in UTC, on which what ends then still counts: `2027-01-31`. */
function lastDayOf(end: Date): string {
  return new Date(end.getTime() - 1).toISOString().slice(0, 10);
}
