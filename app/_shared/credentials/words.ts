import type { Runway } from "#lib/delivery/transports/model.ts";
import type { SecretEndFilter } from "#lib/oauth/credentials/schema.ts";

/** How soon a secret or a certificate ends. */
export const secretEndWords: Record<SecretEndFilter, string> = {
  ended: "Ended",
  "7": "Within 7 days",
  "30": "Within 30 days",
  "60": "Within 60 days",
  unknown: "Not known",
};

/** How long a transport could go on if its provider failed now. */
export const runwayWords: Record<Runway, string> = {
  none: "None now",
  hour: "For less than an hour",
  longer: "For an hour or longer",
};
