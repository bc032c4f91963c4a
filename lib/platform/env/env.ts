import ipaddr from "ipaddr.js";
import { z } from "zod";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { parseKeyList } from "./key-list.ts";
import { singleton } from "./singleton.ts";

const keyList = z.string().transform((text, context) => {
  const keys = parseKeyList(text);
  if (typeof keys !== "string") return keys;
  context.addIssue({ code: "custom", message: keys });
  return z.NEVER;
});

const addressRanges = z.string().transform((text, context) => {
  const parts = text.split(",").map((part) => part.trim());
  const ranges = parts.filter(Boolean).map((part) => {
    if (ipaddr.isValidCIDR(part)) return ipaddr.parseCIDR(part);
    if (!ipaddr.isValid(part)) return null;
    const address = ipaddr.process(part);
    return [address, address.kind() === "ipv4" ? 32 : 128] as [ipaddr.IPv4 | ipaddr.IPv6, number];
  });
  if (!ranges.includes(null)) return ranges.filter((range) => range !== null);
  context.addIssue({ code: "custom", message: "must be addresses or ranges like 10.0.0.0/8, separated by commas" });
  return z.NEVER;
});

const blankIsUnset = (value: unknown) => (value === "" ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsUnset, schema.optional());

const optionalPort = optional(z.coerce.number().int().min(1).max(65535));

/** Host names, `*.example.com` for those below one; with `:port` where it is not the usual one. */
const hostPatterns = z.string().transform((text, context) => {
  const patterns = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (patterns.every((pattern) => /^(\*\.)?[a-z0-9._-]+(:\d{1,5})?$/.test(pattern))) return patterns;
  context.addIssue({ code: "custom", message: "must be hosts like orders.example.com or *.example.com" });
  return z.NEVER;
});

const envSchema = z.object({
  PORT: z.preprocess(blankIsUnset, z.coerce.number().int().min(1).max(65535).default(3000)),
  SALLYPORT_URL: optional(z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""))),
  DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" })),
  SALLYPORT_DATA_DIR: z.preprocess(blankIsUnset, z.string().default(".data")),
  SALLYPORT_ENCRYPTION_KEYS: optional(keyList),
  /** Instead of the keys themselves: a file that holds them, or a command that prints them. */
  SALLYPORT_ENCRYPTION_KEYS_FILE: optional(z.string()),
  SALLYPORT_ENCRYPTION_KEYS_COMMAND: optional(z.string()),
  NEXTAUTH_SECRET: optional(z.string().min(32, "must have at least 32 characters")),
  SALLYPORT_ADMIN_USERNAME: z.preprocess(blankIsUnset, z.string().max(200).default("admin")),
  SALLYPORT_ADMIN_PASSWORD: optional(z.string().min(12, "must have at least 12 characters")),
  SALLYPORT_API_KEY: optional(z.string().min(24, "must have at least 24 characters")),
  SALLYPORT_EXTRA_CA: optional(z.string()),
  SALLYPORT_EGRESS: z.preprocess(blankIsUnset, z.string().default("")),
  /** Token requests under way at once at one provider host, over all processes. */
  SALLYPORT_TOKEN_REQUESTS_PER_HOST: z.preprocess(blankIsUnset, z.coerce.number().int().min(1).max(1000).default(16)),
  /** Limit for the headers of responses from providers and services, in KiB. */
  SALLYPORT_MAX_RESPONSE_HEADER_KIB: z.preprocess(blankIsUnset, z.coerce.number().int().min(8).max(1024).default(64)),
  SALLYPORT_ROLE: z.preprocess(blankIsUnset, z.enum(["all", "web", "worker"]).default("all")),
  /** How long a stopping web process says so at /readyz before it takes no more connections. */
  SALLYPORT_DRAIN_SECONDS: optional(z.coerce.number().min(0).max(20)),
  /** How long a process finishes its work after SIGTERM before it ends anyway; less than the platform waits before it kills it. */
  SALLYPORT_STOP_SECONDS: z.preprocess(blankIsUnset, z.coerce.number().min(1).max(3600).default(25)),
  SALLYPORT_LOG_LEVEL: z.preprocess(blankIsUnset, z.enum(["debug", "info", "warn", "error", "silent"]).default("info")),
  /** Whether Sallyport accounts may sign in with their password; off leaves only the credential profiles. */
  SALLYPORT_LOCAL_SIGN_IN: z.preprocess(blankIsUnset, z.enum(["on", "off"]).default("on")),
  /** Reverse proxies in front of the portal whose X-Forwarded-For is believed. */
  SALLYPORT_TRUSTED_PROXIES: z.preprocess(blankIsUnset, addressRanges.default([])),
  /** Where the head of the audit chain goes, off this host. */
  SALLYPORT_AUDIT_HEAD_FILE: optional(z.string()),
  SALLYPORT_AUDIT_HEAD_URL: optional(z.url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" })),
  SALLYPORT_AUDIT_HEAD_TOKEN: optional(z.string()),
  /** Ports of their own for /metrics and probes, without a key: of the web process and of the worker. */
  SALLYPORT_METRICS_PORT: optionalPort,
  SALLYPORT_WORKER_METRICS_PORT: optionalPort,
  SALLYPORT_METRICS_ADDRESS: z.preprocess(blankIsUnset, z.string().default("127.0.0.1")),
  /** Collector for traces (OTLP over HTTP); without it there are none. */
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(z.url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" })),
  OTEL_SERVICE_NAME: z.preprocess(blankIsUnset, z.string().max(200).default("sallyport")),
  /** Hosts of services that are told the trace (`traceparent`). */
  SALLYPORT_TRACEPARENT_HOSTS: z.preprocess(blankIsUnset, hostPatterns.default([])),
  HTTP_PROXY: optional(z.string()),
  HTTPS_PROXY: optional(z.string()),
  NO_PROXY: optional(z.string()),
  NODE_ENV: z.preprocess(blankIsUnset, z.string().default("production")),
});

const keySettings = [
  "SALLYPORT_ENCRYPTION_KEYS",
  "SALLYPORT_ENCRYPTION_KEYS_FILE",
  "SALLYPORT_ENCRYPTION_KEYS_COMMAND",
] as const;

export type Env = z.infer<typeof envSchema> & {
  /** Public base URL without a trailing slash. */
  url: string;
};

/**
 * Reads an environment.
 * @throws AppError `configuration_invalid` naming each wrong variable, never its value.
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const lowerCase = { HTTP_PROXY: source.http_proxy, HTTPS_PROXY: source.https_proxy, NO_PROXY: source.no_proxy };
  const given = Object.fromEntries(Object.entries(lowerCase).filter(([, value]) => value !== undefined));
  const result = envSchema.safeParse({ ...source, ...given });
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new AppError("configuration_invalid", `Wrong environment: ${[...new Set(lines)].join("; ")}.`);
  }
  const keys = keySettings.filter((name) => result.data[name] !== undefined);
  if (keys.length > 1) {
    throw new AppError("configuration_invalid", `Wrong environment: set only one of ${keys.join(" and ")}.`);
  }
  requireOwnPorts(result.data);
  return { ...result.data, url: result.data.SALLYPORT_URL ?? `http://localhost:${result.data.PORT}` };
}

/** Web and worker of one start listen side by side. */
function requireOwnPorts(env: z.infer<typeof envSchema>): void {
  const names = ["PORT", "SALLYPORT_METRICS_PORT", "SALLYPORT_WORKER_METRICS_PORT"] as const;
  const set = names.filter((name) => env[name] !== undefined);
  const twice = set.filter((name) => set.some((other) => other !== name && env[other] === env[name]));
  if (twice.length > 0) {
    throw new AppError("configuration_invalid", `Wrong environment: ${twice.join(" and ")} must be different ports.`);
  }
}

/** The environment of this process, parsed once. This file is the only reader of process.env in lib/ and app/. */
export function getEnv(): Env {
  return singleton("env", () => parseEnv(process.env));
}

/**
 * The secrets that a running portal must have.
 * @throws AppError `configuration_invalid` when the start script did not provide them.
 */
export function getRequired<K extends "DATABASE_URL" | "NEXTAUTH_SECRET">(name: K): NonNullable<Env[K]> {
  const value = getEnv()[name];
  if (value === undefined) {
    throw new AppError("configuration_invalid", `${name} is not set. Start Sallyport with npm start, or set it.`);
  }
  return value as NonNullable<Env[K]>;
}
