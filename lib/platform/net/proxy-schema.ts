import { z } from "zod";
import { instant } from "#lib/platform/definitions/members.ts";
import type { ProxySettings } from "./proxy-settings.ts";

/** The URL of a proxy. */
export const proxyUrl = z
  .url({ protocol: /^https?$/, error: "Enter the proxy as http://host:port or https://host:port." })
  .max(2000, "A URL has at most 2,000 characters.")
  .refine(
    (text) => {
      if (!URL.canParse(text)) return true;
      const url = new URL(text);
      return url.username === "" && url.password === "";
    },
    { error: "Enter the user and the password in their own fields, not in the URL." },
  );

/** What a proxy is made of, whether it has a name or belongs to a credential or transport. */
export const proxyMembers = {
  url: proxyUrl,
  username: z.string().max(200).default(""),
  password: z.string().max(1000).nullish(),
  bypass: z.array(z.string().trim().min(1).max(255)).max(100).default([]),
};

/**
 * Proxy settings as a form or a program sends them: none, those of the environment, a named proxy, or one of its own.
 * `password` is write-only: absent or undefined keeps the stored one, null removes it.
 */
export const proxySchema = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("none") }),
  z.object({ mode: z.literal("environment") }),
  z.object({ mode: z.literal("named"), proxyId: z.uuid("Select a proxy.") }),
  z.object({ mode: z.literal("manual"), ...proxyMembers }),
]);

export type ProxyInput = z.infer<typeof proxySchema>;

/** Proxy settings as they are read back: the password only by when it was set. */
export const shownProxy = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("none") }),
  z.object({ mode: z.literal("environment") }),
  z.object({ mode: z.literal("named"), proxyId: z.uuid(), proxyName: z.string() }),
  z.object({
    mode: z.literal("manual"),
    url: z.string(),
    username: z.string(),
    passwordSetAt: instant.nullable(),
    bypass: z.array(z.string()),
  }),
]);
export type ShownProxy = z.output<typeof shownProxy>;

/** Proxy settings as a column holds them. */
export function withoutPassword(proxy: ProxyInput): ProxySettings {
  if (proxy.mode === "named") return { mode: "named", proxyId: proxy.proxyId };
  if (proxy.mode !== "manual") return { mode: proxy.mode };
  return { mode: "manual", url: proxy.url, username: proxy.username, bypass: proxy.bypass };
}

/** Stored proxy settings as they are read back. */
export function showProxy(proxy: ProxySettings, proxyName: string | null, passwordSetAt: Date | null): ShownProxy {
  if (proxy.mode === "named") return { ...proxy, proxyName: proxyName ?? "" };
  return proxy.mode === "manual" ? { ...proxy, passwordSetAt: passwordSetAt?.toISOString() ?? null } : proxy;
}
