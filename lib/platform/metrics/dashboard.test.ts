import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { getMetrics, watchGauge } from "./registry.ts";

type Panel = { type: string; title: string; targets?: { expr: string; legendFormat: string }[] };
const text = readFileSync("docs/grafana/sallyport.json", "utf8");
const { panels } = JSON.parse(text) as { panels: Panel[] };
const queries = panels.flatMap((panel) => (panel.targets ?? []).map((target) => ({ title: panel.title, ...target })));

const words = /\b(?:sum|max|min|count|rate|topk|histogram_quantile|by|le)\b|\$__rate_interval/g;
/** Names of metrics in a query, and the labels that it selects or groups by, without those that Prometheus adds. */
function readQuery(expr: string): { names: string[]; labels: string[] } {
  const selected = [...expr.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label]) => label!);
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/));
  const bare = expr.replace(/by \([^)]*\)|\{[^}]*\}|\[[^\]]*\]|\b\d[\d.]*/g, " ").replace(words, " ");
  const labels = [...selected, ...grouped].filter((label) => !["job", "instance", "le"].includes(label));
  return { names: bare.match(/[a-z_]\w*/g) ?? [], labels };
}

/** What is exported: label names by metric, the series of histograms by their own names. */
const exported = new Map<string, string[]>();
beforeAll(async () => {
  process.env.DATABASE_URL ??= "postgres://nobody@127.0.0.1:1/none";
  watchGauge("sallyport_run_writes_waiting", "As lib/delivery/runs/store.ts has it.", () => 0);
  for (const metric of getMetrics().registry.getMetricsAsArray() as unknown as {
    name: string;
    type: string;
    labelNames: string[];
  }[]) {
    const names = metric.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    for (const suffix of names) exported.set(metric.name + suffix, metric.labelNames ?? []);
  }
});

describe("the Grafana dashboard", () => {
  test("asks for something in every panel", () => {
    for (const panel of panels) if (panel.type !== "row") expect(panel.targets?.length, panel.title).toBeGreaterThan(0);
    expect(queries.length).toBeGreaterThan(20);
  });

  test.each(queries)("$title: $expr", ({ expr, legendFormat }) => {
    const { names, labels } = readQuery(expr);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect([...exported.keys()]).toContain(name);
      for (const label of labels) expect(exported.get(name), `${name} has ${label}`).toContain(label);
    }
    for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(expr).toMatch(new RegExp(`\\b${label}\\b`));
  });

  test("shows each of our own metrics, or says below why not", () => {
    const elsewhere = ["sallyport_refresh_overdue"];
    for (const name of getMetrics()
      .registry.getMetricsAsArray()
      .map((metric) => metric.name)) {
      if (name.startsWith("sallyport_") && !elsewhere.includes(name)) expect(text).toContain(name);
    }
  });
});
