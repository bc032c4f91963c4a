/** Cookie that holds whether the panel is open and how wide it is, so that the server renders it so. */
export const panelCookie = "sallyport.panel";

export const minPanelWidth = 200;
export const maxPanelWidth = 560;
const defaultWidth = 288;

export type PanelPreference = { isOpen: boolean; width: number };

/** Reads what `formatPanel` wrote; anything else is the default. */
export function parsePanel(text: string | undefined): PanelPreference {
  const [, state, width] = /^(open|closed)-(\d{3})$/.exec(text ?? "") ?? [];
  return { isOpen: state !== "closed", width: clampWidth(width ? Number(width) : defaultWidth) };
}

export function formatPanel({ isOpen, width }: PanelPreference): string {
  return `${isOpen ? "open" : "closed"}-${Math.round(width)}`;
}

export function clampWidth(width: number): number {
  return Math.min(maxPanelWidth, Math.max(minPanelWidth, width));
}
