import { z } from "zod";

// What is read back of every entity beside its fields.

export const id = z.uuid();
export const instant = z.iso.datetime({ offset: true }).meta({ examples: ["2026-05-01T08:00:00.000Z"] });
export const version = z.int().meta({ description: "Send it with PATCH; each edit adds one." });
