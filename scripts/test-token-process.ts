// A process of its own for tests over several processes. It answers each question that it is sent: which token it gets for a
// credential, or how many runs of a trigger went how. Parent and child speak JSON over the channel of fork().
import { setTimeout as wait } from "node:timers/promises";
import { watchChanges } from "#lib/db/changes.ts";
import type { Context } from "#lib/identity/context.ts";
import { getToken } from "#lib/tokens/get-token.ts";
import type { TokenSubject } from "#lib/tokens/model.ts";
import { fireTrigger } from "#lib/triggers/fire.ts";

type Question = { ask: number; subject: TokenSubject } | { ask: number; fire: Fire };
/** `callers` fire at once; each of them again and again with a short pause until `untilMs`, once if that is past. */
type Fire = { ctx: Context; triggerId: string; callers: number; untilMs: number };

process.on("message", async (question: Question) => {
  const answer = "fire" in question ? fireAll(question.fire) : tellToken(question.subject);
  try {
    process.send?.({ ask: question.ask, ...(await answer) });
  } catch (err) {
    process.send?.({ ask: question.ask, code: (err as { code?: string }).code ?? String(err) });
  }
});
watchChanges();
process.on("disconnect", () => process.exit(0));
process.send?.("ready");

async function tellToken(subject: TokenSubject) {
  const { accessToken, source, credentialVersion } = await getToken(subject, { cause: "test process" });
  return { accessToken, source, credentialVersion };
}

/** Counts the runs by their outcome: `succeeded`, `succeeded after 2 attempts`, or a code. */
async function fireAll({ ctx, triggerId, callers, untilMs }: Fire) {
  const outcomes: Record<string, number> = {};
  const call = async () => {
    for (;;) {
      const run = await fireTrigger(ctx, triggerId);
      const outcome =
        run.error?.code ?? (run.attempts === 1 ? "succeeded" : `succeeded after ${run.attempts} attempts`);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (Date.now() >= untilMs) return;
      await wait(20);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return { outcomes };
}
