/** Focuses a field of the page by its name and opens the sections around it; does nothing if the page doesn't show it. */
export function focusField(name: string): void {
  const field = [...document.querySelectorAll<HTMLElement>("[name], [data-field]")].find(
    (element) => element.getAttribute("name") === name || element.dataset.field === name,
  );
  if (field) reveal(field);
}

const invalid = "[aria-invalid=true], .mantine-InputWrapper-error";

/** Opens every section of a form with a validation error, and focuses the first invalid field. */
export function focusFirstInvalid(form: HTMLElement): void {
  const [first, ...others] = form.querySelectorAll<HTMLElement>(invalid);
  for (const field of others) openSectionsAround(field);
  // The message of a stored secret has no input next to it, but a button that replaces the secret.
  if (first) reveal(first.matches("[aria-invalid]") ? first : (first.parentElement ?? first));
}

function reveal(field: HTMLElement): void {
  openSectionsAround(field);
  field.scrollIntoView({ block: "center" });
  const takesFocus = field.matches("input, select, textarea, button");
  (takesFocus ? field : field.querySelector<HTMLElement>("input, select, textarea, button"))?.focus();
}

function openSectionsAround(field: HTMLElement): void {
  for (let section = field.closest("details"); section; section = section.parentElement?.closest("details") ?? null) {
    section.open = true;
  }
}
