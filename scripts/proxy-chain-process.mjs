// Runs Apify's proxy-chain for a test, as somebody else's proxy in a process of its own: `node … '{"password":…,"answer":…,"tls":{…}}'`.
// With `answer` it answers each request with that status. Its log goes to stdout, beside a line with nothing but its port.
import { RequestError, Server } from "proxy-chain";

const { password, answer, tls } = JSON.parse(process.argv[2]);
const server = new Server({
  host: "127.0.0.1",
  port: 0,
  verbose: true,
  ...(tls ? { serverType: "https", httpsOptions: tls } : {}),
  prepareRequestFunction(asked) {
    if (answer) throw new RequestError("That is how it was told.", answer);
    return { requestAuthentication: password !== undefined && asked.password !== password };
  },
});
await server.listen();
console.log(server.port);
process.on("disconnect", () => process.exit(0));
