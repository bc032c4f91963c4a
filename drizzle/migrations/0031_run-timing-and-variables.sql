ALTER TABLE "runs" ADD COLUMN "timing" jsonb;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "variables" jsonb;