import { getKeys } from "#lib/platform/crypto/key-ring.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { adviseOnLost, describeLost, surveySecrets } from "./survey.ts";

/** Says in the log of a start which stored secrets no key opens, so that nobody finds out run by run. */
export async function reportLostSecrets(): Promise<void> {
  try {
    const { lost } = await surveySecrets(getKeys());
    if (lost.length === 0) return;
    getLog().error(
      { secrets: lost.slice(0, 100).map(describeLost) },
      `${lost.length} stored secrets can't be opened: ${adviseOnLost(lost)}`,
    );
  } catch (err) {
    getLog().warn({ err }, "the stored secrets could not be looked through");
  }
}
