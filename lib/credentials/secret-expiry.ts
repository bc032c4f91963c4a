import { X509Certificate } from "node:crypto";
import type { CredentialStatus } from "./model.ts";

/** From this many days before its end a secret or certificate makes the status `expiring`. */
const warningDays = 30;
const dayMs = 86_400_000;

type Dates = { clientAuthentication: string; secretExpiresOn: string | null; certificate: string | null };

/** The end that comes first: of the secret as the admin noted it, or of the certificate in use. */
export function soonestExpiry(from: Dates): { what: "client secret" | "certificate"; at: Date } | null {
  const ends: { what: "client secret" | "certificate"; at: Date }[] = [];
  const usesCertificate = from.clientAuthentication === "private_key_jwt";
  if (from.secretExpiresOn) {
    // The noted day itself still counts, to its end in UTC.
    const at = new Date(Date.parse(`${from.secretExpiresOn}T00:00:00Z`) + dayMs);
    ends.push({ what: usesCertificate ? "certificate" : "client secret", at });
  }
  if (from.certificate && usesCertificate) {
    ends.push({ what: "certificate", at: new Date(new X509Certificate(from.certificate).validTo) });
  }
  return ends.sort((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null;
}

/** What a working credential's status is on account of its secret's end: `active`, or `expiring` with the reason. */
export function statusOfWorking(from: Dates, now: Date): { status: CredentialStatus; statusReason: string } {
  const end = soonestExpiry(from);
  const days = end ? Math.floor((end.at.getTime() - now.getTime()) / dayMs) : Number.POSITIVE_INFINITY;
  if (!end || days > warningDays) return { status: "active", statusReason: "The last token request succeeded." };
  const day = new Date(end.at.getTime() - 1).toISOString().slice(0, 10);
  const statusReason =
    end.at <= now
      ? `The ${end.what} ended on ${day}, as noted here. Replace it, or correct the date.`
      : `The ${end.what} ends on ${day}${days === 0 ? ", within a day" : days === 1 ? ", in a day" : `, in ${days} days`}. Get a new one in time.`;
  return { status: "expiring", statusReason };
}
