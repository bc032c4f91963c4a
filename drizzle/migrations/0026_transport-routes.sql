ALTER TABLE "transports" ADD COLUMN "route_approval" jsonb;--> statement-breakpoint
-- Marks what adopt-destinations.ts approves once, when Sallyport starts.
UPDATE "transports" SET "route_approval" = '{"hash": null, "by": "upgrade", "at": ""}' WHERE "authorization_kind" <> 'none' OR coalesce("soap" -> 'security', 'null') <> 'null';
