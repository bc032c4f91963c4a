// Preloaded into a test's process. Its parent sets how far its clock is ahead with `{ clock: milliseconds }`, and gets the same
// message when it's done.
const RealDate = Date;
let ahead = 0;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [RealDate.now() + ahead]));
  }
  static now() {
    return RealDate.now() + ahead;
  }
};
process.on("message", (message) => {
  if (typeof message?.clock !== "number") return;
  ahead = message.clock;
  process.send(message);
});
