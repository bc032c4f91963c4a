import { updateDatabaseFigures } from "./database-figures.ts";
import { getMetrics } from "./registry.ts";

/** What Prometheus reads (text format 0.0.4), with its media type. Works without the database too. */
export async function renderMetrics(): Promise<{ text: string; contentType: string }> {
  await updateDatabaseFigures();
  const { registry } = getMetrics();
  return { text: await registry.metrics(), contentType: registry.contentType };
}
