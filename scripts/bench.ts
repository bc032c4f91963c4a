// npm run bench: see docs/benchmarks.md.
import "../bench/main.ts";
