import { defineConfig } from "vite";

// Relative addresses: the site is served from any folder of any static host.
export default defineConfig({
  base: "./",
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  worker: { format: "es" },
});
