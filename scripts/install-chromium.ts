import { ensureChromium } from "./chromium.ts";
import { describeFailure } from "./start-error.ts";

// Installs a Chromium for the journeys if there is none.
try {
  console.log(`Chromium: ${await ensureChromium((line) => console.log(line))}`);
} catch (err) {
  console.error(describeFailure(err));
  process.exit(1);
}
