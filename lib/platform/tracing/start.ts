import { randomBytes } from "node:crypto";
import { getEnv } from "#lib/platform/env/env.ts";
import { getCorrelation } from "#lib/platform/log/correlation.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { getTracing } from "./traced.ts";

/** How long the end of a process waits for spans to be sent. */
const flushMs = 3000;
/** Spans are sent this often. */
const sendEveryMs = 2000;
/** A collector that is away is complained about this often. */
const complainEveryMs = 60_000;

/**
 * Sends spans to OTEL_EXPORTER_OTLP_ENDPOINT (OTLP over HTTP) until stopped. Nothing of OpenTelemetry is loaded without that
 * setting. The collector is a part of the installation like the database: it is not asked of the egress policy.
 * @param name what this process is. @param everyMs how often spans are sent.
 */
export async function startTracing(name: "web" | "worker", everyMs = sendEveryMs): Promise<() => Promise<void>> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: service } = getEnv();
  if (endpoint === undefined) return async () => undefined;
  const [api, { BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import("@opentelemetry/api"),
      import("@opentelemetry/sdk-trace"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ]);
  let complainedAt = Number.NEGATIVE_INFINITY;
  const complain = (message: string) => {
    if (Date.now() - complainedAt < complainEveryMs) return;
    complainedAt = Date.now();
    getLog().warn({ reason: message.slice(0, 300) }, "spans could not be sent");
  };
  const quiet = () => undefined;
  api.diag.setLogger({ error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet });
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, "")}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service, "sallyport.process": name }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: everyMs })],
    spanLimits: { attributeValueLengthLimit: 300 },
    idGenerator: { generateTraceId, generateSpanId: () => randomBytes(8).toString("hex") },
  });
  getTracing().running = { api, tracer: provider.getTracer("sallyport") };
  getLog().info({ host: new URL(endpoint).host }, "traces are sent");
  return async () => {
    getTracing().running = null;
    const late = new Promise<void>((resolve) => setTimeout(resolve, flushMs).unref());
    await Promise.race([provider.shutdown().catch(quiet), late]);
  };
}

/** The correlation id where it can be one, so that a log line leads to its trace. */
function generateTraceId(): string {
  const id = getCorrelation()?.id ?? "";
  return /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id) ? id : randomBytes(16).toString("hex");
}
