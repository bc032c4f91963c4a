import { nodes } from "#drizzle/schema/nodes.ts";
import { getDb } from "#lib/db/client.ts";
import { getEnv } from "#lib/env.ts";
export const dynamic = "force-dynamic";

export default async function Workbench() {
  const rows = await getDb().select().from(nodes);
  return (
    <main>
      Workbench {getEnv().url} {rows.length}
    </main>
  );
}
