import { Badge } from "#app/_ui/badge.tsx";

/** Whether a trigger may run. */
export function EnabledBadge({ enabled }: { enabled: boolean }) {
  return <Badge tone={enabled ? "ok" : "muted"}>{enabled ? "Enabled" : "Disabled"}</Badge>;
}
