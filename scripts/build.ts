import { buildPages } from "./build-pages.ts";
import { describeFailure } from "./start-error.ts";

// Builds Next's pages if the build is missing or older than the sources.
try {
  await buildPages((line) => console.log(line));
} catch (err) {
  console.error(describeFailure(err));
  process.exit(1);
}
