import { z } from "zod";
import { editOf } from "#lib/platform/definitions/derive.ts";
import { pageQuery, sortBy } from "#lib/platform/definitions/list-query.ts";
import { authorityFields, proxyFields } from "./definition.ts";

/** A new proxy. */
export const proxyInput = z.object(proxyFields);
export type ProxyFields = z.output<typeof proxyInput>;
/** An edit: the version that it was made from, and the fields to change. */
export const proxyUpdate = editOf(proxyFields);
export type ProxyUpdate = z.output<typeof proxyUpdate>;

/** A new certificate authority. */
export const authorityInput = z.object(authorityFields);
export type AuthorityFields = z.output<typeof authorityInput>;
/** An edit: the version that it was made from, and the fields to change. */
export const authorityUpdate = editOf(authorityFields);
export type AuthorityUpdate = z.output<typeof authorityUpdate>;

const q = z.string().trim().max(200).optional();

export const proxyQuery = z.object({
  q: q.meta({ description: "Part of the name or URL." }),
  sort: sortBy("name"),
  ...pageQuery,
});
export type ProxyQuery = z.input<typeof proxyQuery>;

export const authorityQuery = z.object({
  q: q.meta({ description: "Part of the name." }),
  sort: sortBy("name", "expiresAt"),
  ...pageQuery,
});
export type AuthorityQuery = z.input<typeof authorityQuery>;
