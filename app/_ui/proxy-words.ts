/** What the modes of proxy settings are called. */
export const proxyWords = {
  none: "None",
  named: "Named proxy",
  environment: "From the environment",
  manual: "Manual",
} as const;
