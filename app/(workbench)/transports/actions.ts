"use server";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { findNodeChoices, optionQuery } from "#app/_shared/options/find-options.ts";
import { testTransportInput } from "#lib/delivery/runs/schema.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { deleteTransport } from "#lib/delivery/transport-edits/delete-transport.ts";
import { allowHostsOfTransport } from "#lib/delivery/transport-edits/missing-hosts.ts";
import { hostsToAllow } from "#lib/delivery/transports/definition.ts";
import { getTouchedTriggers } from "#lib/delivery/transports/read-transports.ts";
import { transportInput, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { previewWsdl } from "#lib/delivery/wsdls/preview-wsdl.ts";
import { reloadWsdl } from "#lib/delivery/wsdls/reload-wsdl.ts";
import { createTransportWithWsdl, updateTransportWithWsdl } from "#lib/delivery/wsdls/save-transport.ts";
import { previewWsdlInput, reloadWsdlInput } from "#lib/delivery/wsdls/schema.ts";
import { protectedAction } from "#lib/web/action.ts";
import { bulkAction } from "#lib/web/bulk.ts";

const byId = z.object({ id: z.uuid() });

export const addTransport = protectedAction(
  { permission: "transports.write", schema: transportInput },
  async (ctx, input) => {
    const transport = await createTransportWithWsdl(ctx, input);
    // The tree panel shows it too.
    revalidatePath("/", "layout");
    return transport;
  },
);

export const saveTransport = protectedAction(
  { permission: "transports.write", schema: byId.extend({ update: transportUpdate }) },
  async (ctx, { id, update }) => {
    const transport = await updateTransportWithWsdl(ctx, id, update);
    revalidatePath("/", "layout");
    return transport;
  },
);

/** Allows hosts that the transport's credential doesn't allow yet. */
export const allowTransportHosts = protectedAction(
  { permission: "credentials.write", schema: byId.extend({ hosts: hostsToAllow }) },
  async (ctx, { id, hosts }) => {
    await allowHostsOfTransport(ctx, id, hosts);
    revalidatePath(`/transports/${id}`);
  },
);

export const removeTransport = protectedAction(
  { permission: "transports.write", schema: byId },
  async (ctx, { id }) => {
    await deleteTransport(ctx, id);
    revalidatePath("/", "layout");
  },
);

/** What a change of a transport touches, asked for before it is deleted. */
export const readTouchedTriggers = protectedAction({ permission: "transports.read", schema: byId }, (ctx, { id }) =>
  getTouchedTriggers(ctx, id),
);

/** Sends one request over a transport and answers with its receipt. */
export const tryTransport = protectedAction(
  { permission: "transports.test", schema: testTransportInput.extend({ id: z.uuid() }) },
  (ctx, { id, ...request }) => testTransport(ctx, id, request),
);

/** Reads the WSDL that the form names, to choose from what it offers; nothing is stored. */
export const loadWsdl = protectedAction({ permission: "transports.write", schema: previewWsdlInput }, (ctx, input) =>
  previewWsdl(ctx, input),
);

/** Reads a stored transport's WSDL again, to look at what changed or to use it from now on. */
export const reloadTransportWsdl = protectedAction(
  { permission: "transports.write", schema: reloadWsdlInput.extend({ id: z.uuid() }) },
  (ctx, { id, ...input }) => reloadWsdl(ctx, id, input),
);

/** Nodes that a transport may be put on. */
export const findPlaces = protectedAction({ permission: "transports.write", schema: optionQuery }, (ctx, input) =>
  findNodeChoices(ctx, input, "transports.write"),
);

export const removeTransports = bulkAction({ permission: "transports.write", input: {}, limit: "changes" }, (ctx, id) =>
  deleteTransport(ctx, id),
);
