export default { plugins: { "@tailwindcss/postcss": {}, "postcss-preset-mantine": {} } };
