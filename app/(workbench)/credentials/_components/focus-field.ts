/** Scrolls to a field of the form and gives it the focus, by its name; nothing when the form does not show it. */
export function focusField(name: string): void {
  const field = [...document.querySelectorAll<HTMLElement>("[name], [data-field]")].find(
    (element) => element.getAttribute("name") === name || element.dataset.field === name,
  );
  field?.scrollIntoView({ block: "center" });
  const takesFocus = field?.matches("input, select, textarea, button");
  (takesFocus ? field : field?.querySelector<HTMLElement>("input, button"))?.focus();
}
