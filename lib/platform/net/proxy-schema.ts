import { z } from "zod";
import { instant } from "#lib/platform/definitions/members.ts";

const proxyUrl = z
  .url({ protocol: /^https?$/, error: "Enter the proxy as http://host:port or https://host:port." })
  .refine(
    (text) => {
      if (!URL.canParse(text)) return true;
      const url = new URL(text);
      return url.username === "" && url.password === "";
    },
    { error: "Enter the user and the password in their own fields, not in the URL." },
  );

/** Proxy settings as a form or a program sends them; `password` is write-only: absent or undefined keeps the stored one, null removes it. */
export const proxySchema = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("none") }),
  z.object({ mode: z.literal("environment") }),
  z.object({
    mode: z.literal("manual"),
    url: proxyUrl,
    username: z.string().max(200).default(""),
    password: z.string().max(1000).nullish(),
    bypass: z.array(z.string().trim().min(1).max(255)).max(100).default([]),
  }),
]);

export type ProxyInput = z.infer<typeof proxySchema>;

/** Proxy settings as they are read back: the password only by when it was set. */
export const shownProxy = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("none") }),
  z.object({ mode: z.literal("environment") }),
  z.object({
    mode: z.literal("manual"),
    url: z.string(),
    username: z.string(),
    passwordSetAt: instant.nullable(),
    bypass: z.array(z.string()),
  }),
]);
