"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { DownloadIcon } from "lucide-react";
import { useState } from "react";
import { callAction } from "#app/_ui/call-action.ts";
import { firstValues } from "#app/_ui/url.ts";
import { dashboardQuery } from "#lib/oversight/dashboards/span.ts";
import type { ExportedBlock } from "#lib/oversight/dashboards/to-csv.ts";
import { exportDashboard } from "../actions.ts";

/** Downloads a block, or all of the dashboard, as CSV. */
export function ExportButton({ block, name }: { block?: ExportedBlock; name: string }) {
  const [pending, setPending] = useState(false);
  async function download() {
    setPending(true);
    const query = dashboardQuery
      .catch({ range: "24h" })
      .parse(firstValues(Object.fromEntries(new URLSearchParams(location.search))));
    const result = await callAction(exportDashboard, { ...query, block });
    setPending(false);
    if (!result.ok) {
      notifications.show({ message: result.error.message, color: "red" });
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([result.value], { type: "text/csv;charset=utf-8" }));
    link.download = `dashboard${block ? `-${block.toLowerCase()}` : ""}-${new Date().toISOString().slice(0, 10)}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
  return (
    <Button
      className="wall-hidden"
      size={block ? "compact-sm" : "sm"}
      variant={block ? "subtle" : "default"}
      leftSection={<DownloadIcon size={16} aria-hidden />}
      loading={pending}
      onClick={download}
      aria-label={`CSV of ${name}`}
    >
      CSV
    </Button>
  );
}
