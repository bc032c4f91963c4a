import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** The colour of links, the main button and what is selected: a quiet harbour blue. Shade 7 on white and 4 on the dark body pass AA. */
const harbor: MantineColorsTuple = [
  "#eef4fa",
  "#dbe7f3",
  "#b4cde6",
  "#8ab1d9",
  "#79abe0",
  "#4a86c2",
  "#3372b0",
  "#245f9c",
  "#1b4c7f",
  "#123861",
];

/** Buttons that destroy something; white on shades 6 and 7 passes AA. */
const danger: MantineColorsTuple = [
  "#fdeeee",
  "#f9dada",
  "#f2b3b3",
  "#ec8a8a",
  "#ff9191",
  "#d95252",
  "#c53b3b",
  "#b42323",
  "#931c1c",
  "#6d1414",
];

/** Greys of the dark scheme with a little blue in them; index 7 is the page, 6 a card, 4 a border, 2 dimmed text. */
const dark: MantineColorsTuple = [
  "#d5dce4",
  "#bcc6d1",
  "#98a4b2",
  "#6f7c8b",
  "#3b4552",
  "#2b343f",
  "#202832",
  "#161c24",
  "#11161d",
  "#0c1016",
];

export const theme = createTheme({
  primaryColor: "harbor",
  primaryShade: { light: 7, dark: 6 },
  colors: { harbor, danger, dark },
  defaultRadius: "sm",
  cursorType: "pointer",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.3" },
      h2: { fontSize: "1.125rem", lineHeight: "1.4" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  respectReducedMotion: true,
  focusRing: "auto",
  components: {
    // globals.css marks required fields, so that the mark isn't part of the label's text.
    InputWrapper: { defaultProps: { withAsterisk: false } },
    // Mantine leaves these buttons without a name.
    CloseButton: { defaultProps: { "aria-label": "Close" } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
  },
});

/** Mantine's dimmed, placeholder and error colours fail AA (4.5:1) on their own backgrounds; these pass in both schemes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-text": "#1b222a",
    "--mantine-color-dimmed": "#545d69",
    "--mantine-color-placeholder": "#6b7480",
    "--mantine-color-error": "#b42323",
    "--mantine-color-default-border": "#c5cdd6",
    "--mantine-color-anchor": "#1f5a96",
  },
  dark: {
    "--mantine-color-dimmed": "#a3afbc",
    "--mantine-color-placeholder": "#8e9aa8",
    "--mantine-color-error": "#ff9191",
    "--mantine-color-anchor": "#8ab9ea",
  },
});
