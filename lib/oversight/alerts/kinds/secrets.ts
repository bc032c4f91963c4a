import { z } from "zod";
import { complainAboutUrl } from "#lib/oauth/credentials/endpoint.ts";
import { field } from "#lib/platform/definitions/field.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import type { StoredSecrets } from "./letter.ts";

export const url = field(
  "Webhook URL",
  z
    .string()
    .trim()
    .max(2000, "A URL has at most 2,000 characters.")
    .superRefine((text, context) => {
      const message = complainAboutUrl(text);
      if (message) context.addIssue({ code: "custom", message });
    })
    .optional()
    .meta({ description: "Of the other kinds: the webhook's URL. Write-only, since whoever knows it may post." }),
  { kept: "secret" },
);

export const secret = field(
  "Secret",
  z.string().max(1000).nullish().meta({
    description:
      "Write-only: password at the mail server, or what a generic webhook is signed with (Standard Webhooks). Left out keeps the stored one, null removes it.",
  }),
  { kept: "secret" },
);

export function requireUrl(input: { url?: string }, stored: StoredSecrets): FieldError[] {
  return input.url || stored.url ? [] : [{ field: "url", message: "Enter the webhook's URL." }];
}
