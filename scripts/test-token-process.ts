// A process of its own for tests of lib/tokens over several processes: answers each subject that it is sent with the token
// that it gets, or the error's code. Parent and child speak JSON over the channel of fork().
import { watchChanges } from "#lib/db/changes.ts";
import { getToken } from "#lib/tokens/get-token.ts";
import type { TokenSubject } from "#lib/tokens/model.ts";

process.on("message", async ({ ask, subject }: { ask: number; subject: TokenSubject }) => {
  try {
    const { accessToken, source, credentialVersion } = await getToken(subject, { cause: "test process" });
    process.send?.({ ask, accessToken, source, credentialVersion });
  } catch (err) {
    process.send?.({ ask, code: (err as { code?: string }).code ?? String(err) });
  }
});
watchChanges();
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
