import about from "../../../package.json" with { type: "json" };

/** The version of this portal, as its package says. */
export const portalVersion: string = about.version;
