import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

/** A mail as the server got it. */
export type ReceivedMail = { from: string; to: string[]; user: string | null; secure: boolean; raw: string };

type Options = {
  /** Offers STARTTLS, or speaks TLS from the start. */
  tls?: { key: string; cert: string };
  secure?: boolean;
  /** `user:password` that it insists on. */
  login?: string;
  /** Refuses the message with these words, as long as it returns some. */
  refuse?: () => string | null;
};

/** A real SMTP server on a free port of this machine. */
export async function startMailServer(options: Options = {}) {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    ...(options.tls ?? {}),
    secure: options.secure ?? false,
    authOptional: !options.login,
    disabledCommands: options.tls ? [] : ["STARTTLS"],
    allowInsecureAuth: true,
    // It would wait for this machine's name server.
    disableReverseLookup: true,
    onAuth(auth, _, done) {
      if (`${auth.username}:${auth.password}` === options.login) return done(null, { user: auth.username });
      done(new Error(`5.7.8 no such login for ${auth.password}`));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const refusal = options.refuse?.();
        if (refusal) return done(Object.assign(new Error(refusal), { responseCode: 451 }));
        mails.push({
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : "",
          to: session.envelope.rcptTo.map(({ address }) => address),
          user: session.user ? String(session.user) : null,
          secure: session.secure,
          raw: Buffer.concat(chunks).toString("utf8"),
        });
        done();
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
