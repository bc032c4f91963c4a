import { z } from "zod";
import { id, instant, version } from "#lib/platform/definitions/members.ts";
import { named } from "./openapi.ts";

// Pieces that answers of several features share. They describe what use-cases return; input has its own schemas.

export { id, instant, version };

export const header = z.object({ name: z.string(), value: z.string() });

/** What stands in a certificate; nothing of it is secret. */
export const certificateInfo = named(
  "CertificateInfo",
  z.object({
    subject: z.string().meta({ description: "Distinguished name (RFC 4514)." }),
    issuer: z.string(),
    serialNumber: z.string().meta({ description: "Hexadecimal." }),
    notBefore: instant,
    notAfter: instant,
    sha256: z.string().meta({ description: "Thumbprint: hexadecimal capitals without colons." }),
    sha1: z.string().meta({ description: "The thumbprint that Microsoft's portal shows." }),
    key: z.string().meta({ description: "RSA 2048, EC P-256 and so on." }),
    selfSigned: z.boolean(),
    chainLength: z.int().meta({ description: "How many certificates of its issuers are stored beside it." }),
  }),
);

/** What is staged to follow a credential's secret or certificate. */
export const successor = named(
  "Successor",
  z.object({
    what: z.enum(["client secret", "certificate"]),
    endsAt: instant
      .nullable()
      .meta({ description: "As noted, or as the certificate says; null: nobody noted an end." }),
    stagedAt: instant,
    test: z
      .enum(["passed", "failed", "none"])
      .meta({ description: "`none` also when the credential was changed since its test." }),
  }),
);

/** A list of one kind of thing, as every list answers. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: "Send it as cursor for the next page; null on the last one." }),
  });
}
