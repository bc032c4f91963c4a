/** `credential.reset_password` → `Credential: reset password`; also for actions that came later. */
export function describeAction(action: string): string {
  const [noun = "", verb = ""] = action.split(".");
  const words = (text: string) => text.replaceAll(/[_-]/g, " ");
  const subject = noun === "api_key" ? "API key" : words(noun).replace(/^./, (letter) => letter.toUpperCase());
  return verb ? `${subject}: ${words(verb)}` : subject;
}
