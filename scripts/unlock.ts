import { unlockAccount } from "#lib/access/accounts/unlock-account.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { runOnPortal } from "./command-portal.ts";

// npm run unlock -- USERNAME: lets an account sign in again after failed attempts (docs/runbook.md).
const [username, ...rest] = process.argv.slice(2);
if (!username || rest.length > 0) {
  console.error("npm run unlock -- USERNAME   lifts the blocks of a local account and of all addresses");
  process.exit(2);
}

await runOnPortal(async () => {
  const user = await unlockAccount(systemContext("npm run unlock"), username);
  console.log(`${user.username} can sign in again.${user.disabled ? " The account is disabled, though." : ""}`);
  return 0;
});
