// Preloaded into a test's process: its clock jumps when the parent says so, by `{ clock: milliseconds }`.
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
  if (typeof message?.clock === "number") ahead = message.clock;
});
