import { z } from "zod";
import { readBack } from "#lib/platform/definitions/derive.ts";
import { field, labelsOf } from "#lib/platform/definitions/field.ts";
import { id, instant, version } from "#lib/platform/definitions/members.ts";
import { proxyMembers } from "#lib/platform/net/proxy-schema.ts";

const name = z.string("Enter a name.").trim().min(1, "Enter a name.").max(100, "A name has at most 100 characters.");

/** The fields of a named proxy. */
export const proxyFields = {
  name: field("Name", name),
  url: field("Proxy URL", proxyMembers.url, { stored: z.string() }),
  username: field("Proxy user", proxyMembers.username),
  password: field(
    "Proxy password",
    proxyMembers.password.meta({
      description:
        "Write-only. Left out keeps the stored one, null removes it. Required again if the URL's server changes.",
    }),
    { kept: "secret" },
  ),
  bypass: field(
    "Hosts without proxy",
    proxyMembers.bypass.meta({ description: "Reached directly: hosts such as *.internal." }),
  ),
};

/** The fields of a named certificate authority. */
// What's in the certificates is checked when they're saved, which is no work for a form.
export const authorityFields = {
  name: field("Name", name),
  certificates: field(
    "Certificates",
    z
      .string("Paste the certificates.")
      .trim()
      .min(1, "Paste the certificates.")
      .max(100_000, "Certificates have at most 100,000 characters.")
      .meta({ description: "PEM, one or more certificates, which are trusted in addition to the usual ones." }),
  ),
};

export const proxyLabels = labelsOf(proxyFields);
export const authorityLabels = labelsOf(authorityFields);

const kept = { id, version, createdAt: instant, updatedAt: instant };
const useCount = z.int().meta({ description: "How many transports and credentials use it." });

/** What uses a named proxy or certificate authority. */
export const networkUse = z.object({
  kind: z.enum(["credential", "transport"]),
  id,
  name: z.string(),
  nodeName: z.string().nullable().meta({ description: "Of a transport." }),
});
export type NetworkUse = z.output<typeof networkUse>;

const uses = {
  usedBy: z.array(networkUse).meta({ description: "What uses it and the reader can see." }),
  usedElsewhere: z.int().meta({ description: "How many other transports and credentials use it." }),
};

const proxy = z.object({ ...kept, ...readBack(proxyFields) });
/** A row of the list of proxies. */
export const proxySummary = proxy.extend({ usedBy: useCount });
export type ProxySummary = z.output<typeof proxySummary>;
/** A named proxy with what uses it. */
export const proxyDetail = proxy.extend(uses);
export type ProxyDetail = z.output<typeof proxyDetail>;

const authority = z.object({
  ...kept,
  ...readBack(authorityFields),
  subjects: z
    .array(z.object({ subject: z.string(), sha256: z.string(), notAfter: instant }))
    .meta({ description: "What's in the certificates, in their order: distinguished name, fingerprint, and expiry." }),
  expiresAt: instant.meta({ description: "When the last of them expires." }),
});
/** A row of the list of certificate authorities. */
export const authoritySummary = authority.extend({ usedBy: useCount });
export type AuthoritySummary = z.output<typeof authoritySummary>;
/** A named certificate authority with what uses it. */
export const authorityDetail = authority.extend(uses);
export type AuthorityDetail = z.output<typeof authorityDetail>;
