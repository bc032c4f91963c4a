/** Where the plain words would mislead. */
const words: Record<string, string> = {
  "session.create": "Signed in",
  "session.revoke": "Session ended",
  "session.revoke_all": "Signed out everywhere",
  "user.change_password": "Own password changed",
};

/** `user.reset_password` → `User: reset password`; also for actions that came later. */
export function describeAction(action: string): string {
  if (words[action]) return words[action];
  const [noun = "", verb = ""] = action.split(".");
  const spaced = (text: string) => text.replaceAll(/[_-]/g, " ");
  const subject = noun === "api_key" ? "API key" : spaced(noun).replace(/^./, (letter) => letter.toUpperCase());
  return verb ? `${subject}: ${spaced(verb)}` : subject;
}
