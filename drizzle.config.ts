// `npm run generate` gets drizzle-kit when it's needed: with its three copies of esbuild, it isn't worth installing for everyone.
export default { dialect: "postgresql", schema: "./drizzle/schema/*.ts", out: "./drizzle/migrations" };
