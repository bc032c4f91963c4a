import type { NextRequest } from "next/server";
import { handleAuth } from "#lib/web/password-sign-in.ts";

type RouteContext = { params: Promise<{ nextauth: string[] }> };

async function handle(request: NextRequest, context: RouteContext): Promise<Response> {
  return handleAuth(request, context);
}

export { handle as GET, handle as POST };
