import { watchChanges } from "./db/changes.ts";
import { closeDb } from "./db/client.ts";
import { getLog } from "./log.ts";
import { exitWithParent, onShutdown } from "./process.ts";

// The background process: renews tokens ahead of need and clears what has expired. Any number of them may run.
watchChanges();
exitWithParent();
onShutdown(closeDb);
const alive = setInterval(() => undefined, 1 << 30);
void alive;
getLog().info("the worker runs");
