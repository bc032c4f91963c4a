ALTER TABLE "credentials" ADD COLUMN "token_headers" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "token_member" text;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "accept_any_token_type" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ALTER COLUMN "token_parameters" SET DEFAULT '[]'::jsonb;--> statement-breakpoint
-- Token parameters are a list: order counts, and names can repeat.
UPDATE "credentials" SET "token_parameters" = (
  SELECT coalesce(jsonb_agg(jsonb_build_object('name', "key", 'value', "value") ORDER BY "key"), '[]'::jsonb)
  FROM jsonb_each("credentials"."token_parameters")
) WHERE jsonb_typeof("token_parameters") = 'object';
