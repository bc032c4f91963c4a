import { z } from "zod";
import { roles } from "#lib/access/permissions/permissions.ts";
import { named } from "./openapi.ts";

// Pieces that answers of several features share. They describe what use-cases return; input has its own schemas.

export const instant = z.iso.datetime({ offset: true }).meta({ examples: ["2026-05-01T08:00:00.000Z"] });
export const id = z.uuid();
export const version = z.int().meta({ description: "Send it with PATCH; each edit adds one." });

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

export const roleGrant = z.object({
  role: z.enum(roles),
  nodeId: id.nullable().meta({ description: "The node that it holds for, with what is under it; null is all nodes." }),
});

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
