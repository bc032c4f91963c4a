// A process of its own for tests over several processes. It answers each question that it is sent: which token it gets for a
// credential, or how many runs of a trigger went how. It also looks for changes, or raises its limits, when asked to. Parent and child
// speak JSON over the channel of fork().

import type { Context } from "#lib/access/permissions/context.ts";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { getToken } from "#lib/oauth/tokens/get-token.ts";
import type { TokenSubject } from "#lib/oauth/tokens/model.ts";
import { startTask } from "#lib/platform/background/task.ts";
import { pollChanges, watchChanges } from "#lib/platform/db/changes.ts";
import { raiseTokenLimits } from "./test-token-limits.ts";

type Question = { ask: number } & ({ subject: TokenSubject } | { fire: Fire } | { act: "look" | "raise limits" });
/** `callers` fire at once, each of them once. */
type Fire = { ctx: Context; triggerId: string; callers: number };

process.on("message", async (question: Question | { clock: number }) => {
  // That is for scripts/test-clock.mjs, if it's preloaded.
  if ("clock" in question) return;
  try {
    process.send?.({ ask: question.ask, ...(await answer(question)) });
  } catch (err) {
    process.send?.({ ask: question.ask, code: (err as { code?: string }).code ?? String(err) });
  }
});
startTask(watchChanges);
process.on("disconnect", () => process.exit(0));
process.send?.("ready");

async function answer(question: Question): Promise<object> {
  if ("fire" in question) return fireAll(question.fire);
  if ("subject" in question) return tellToken(question.subject);
  if (question.act === "look") await pollChanges();
  else raiseTokenLimits();
  return {};
}

async function tellToken(subject: TokenSubject) {
  const { accessToken, source, credentialVersion } = await getToken(subject, { cause: "test process" });
  return { accessToken, source, credentialVersion };
}

/** Counts the runs by their outcome: `succeeded`, `succeeded after 2 attempts`, or a code. */
async function fireAll({ ctx, triggerId, callers }: Fire) {
  const outcomes: Record<string, number> = {};
  const call = async () => {
    const run = await fireTrigger(ctx, triggerId);
    const outcome = run.error?.code ?? (run.attempts === 1 ? "succeeded" : `succeeded after ${run.attempts} attempts`);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  await Promise.all(Array.from({ length: callers }, call));
  return { outcomes };
}
