import { createServer } from "node:http";

// A token endpoint that answers at once: what a refresh and the bare loop beside it ask.
const answer = JSON.stringify({ access_token: "t".repeat(1200), token_type: "Bearer", expires_in: 3600 });
let asked = 0;
const server = createServer((request, response) => {
  request.resume().on("end", () => {
    asked++;
    response.writeHead(200, { "content-type": "application/json", "content-length": answer.length });
    response.end(answer);
  });
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("message", () => process.send?.({ asked }));
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
