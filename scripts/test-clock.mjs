// Preloaded into a test's process. Its parent sets how far its clock is ahead with `{ clock: milliseconds }`, or its
// `performance.now()` with `{ uptime: milliseconds }`, and gets the same message when it's done.
const RealDate = Date;
const realNow = performance.now.bind(performance);
let ahead = 0;
let uptimeAhead = 0;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [RealDate.now() + ahead]));
  }
  static now() {
    return RealDate.now() + ahead;
  }
};
performance.now = () => realNow() + uptimeAhead;
process.on("message", (message) => {
  if (typeof message?.clock === "number") ahead = message.clock;
  else if (typeof message?.uptime === "number") uptimeAhead = message.uptime;
  else return;
  process.send(message);
});
