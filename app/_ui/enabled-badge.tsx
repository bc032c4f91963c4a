import { Badge } from "./badge.tsx";

/** Says whether something can be used. */
export function EnabledBadge({ enabled }: { enabled: boolean }) {
  return <Badge tone={enabled ? "ok" : "muted"}>{enabled ? "Enabled" : "Disabled"}</Badge>;
}
