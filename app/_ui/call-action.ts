import { unstable_isUnrecognizedActionError, unstable_rethrow } from "next/navigation";
import type { ActionResult } from "#lib/web/action-result.ts";

/**
 * Calls a server action from an event handler. When the portal can't be reached, or was updated since the page was
 * loaded, that comes back as an error to show instead of being thrown into nowhere.
 */
export async function callAction<I, T>(
  action: (input: I) => Promise<ActionResult<T>>,
  input: I,
): Promise<ActionResult<T>> {
  try {
    return await action(input);
  } catch (thrown) {
    unstable_rethrow(thrown);
    return unstable_isUnrecognizedActionError(thrown)
      ? refuse("The portal was updated since this page was opened.", "Keep what you have entered, and reload the page.")
      : refuse("The portal did not answer.", "Check the connection and try again. If it stays, reload the page.");
  }
}

function refuse(message: string, hint: string): ActionResult<never> {
  return { ok: false, error: { code: "internal", message, hint, fields: [], details: {}, reference: null } };
}
