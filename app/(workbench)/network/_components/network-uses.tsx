import { UsedByCard } from "#app/_ui/used-by-card.tsx";
import type { NetworkUse } from "#lib/oauth/network/definition.ts";

/** What a change of a proxy or certificate authority applies to. */
export function NetworkUses({ usedBy, usedElsewhere }: { usedBy: NetworkUse[]; usedElsewhere: number }) {
  const uses = usedBy.map(({ kind, id, name, nodeName }) => ({
    id,
    name,
    path: `/${kind}s`,
    ...(nodeName === null ? {} : { nodeName }),
  }));
  return (
    <UsedByCard
      uses={uses}
      path="/transports"
      elsewhere={usedElsewhere}
      description="A change applies to the next run and token request of each."
      empty="Nothing uses it yet."
    />
  );
}
