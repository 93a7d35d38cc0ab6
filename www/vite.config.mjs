import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: { target: "es2023", modulePreload: false, assetsInlineLimit: 0, reportCompressedSize: false, rolldownOptions: { input: ["index.html", "million.html"] } },
});
