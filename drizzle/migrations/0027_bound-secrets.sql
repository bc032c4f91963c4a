CREATE TABLE "secret_bindings" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"stage" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "secret_bindings_one_row" CHECK ("secret_bindings"."only")
);
--> statement-breakpoint
ALTER TABLE "key_holders" ADD COLUMN "opens_bound" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "transports" ADD COLUMN "route_approval_envelope" text;--> statement-breakpoint
-- Marks a database whose secrets aren't bound yet; bind-secrets.ts binds them once no process of the version before runs.
INSERT INTO "secret_bindings" ("stage", "since") SELECT 'unbound', now() WHERE EXISTS (SELECT FROM "credentials") OR EXISTS (SELECT FROM "transports");
