import { Section } from "#app/_ui/card.tsx";
import { DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import type { RunSummary } from "#lib/delivery/runs/model.ts";
import { runColumns } from "./run-columns.tsx";

type Props = {
  caption: string;
  runs: RunSummary[];
  /** Whose runs they are; its column would be the same in each row. */
  of: { kind: "trigger" | "transport"; id: string };
  emptyTitle: string;
};

/** The latest runs of a trigger or over a transport. */
export function RecentRuns({ caption, runs, of, emptyTitle }: Props) {
  const all = (
    <LinkButton href={`/runs?${of.kind}Id=${of.id}`} variant="default" size="xs">
      All runs
    </LinkButton>
  );
  return (
    <Section title="Recent runs" actions={runs.length > 0 && all}>
      <DataTable
        caption={caption}
        columns={runColumns.filter(({ key }) => key !== of.kind && key !== "node")}
        rows={runs}
        rowKey={({ id }) => id}
        empty={<EmptyState title={emptyTitle} />}
      />
    </Section>
  );
}
