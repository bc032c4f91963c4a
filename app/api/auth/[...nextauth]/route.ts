import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { createAuthOptions } from "#lib/access/accounts/next-auth.ts";
import { addressHeader } from "#lib/access/sessions/client-address.ts";

type RouteContext = { params: Promise<{ nextauth: string[] }> };

async function handle(request: NextRequest, context: RouteContext): Promise<Response> {
  const { nextauth } = await context.params;
  // next-auth lets any browser write to the server's log there.
  if (nextauth[0] === "_log") return new Response(null, { status: 204 });
  return NextAuth(request, context, createAuthOptions(request.headers.get(addressHeader)));
}

export { handle as GET, handle as POST };
