import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.RECENSION_URL ?? "http://127.0.0.1:8800";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/recension/server/web",
    emptyOutDir: true,
    // Everything stays a file of its own: the content security policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  server: {
    proxy: { "/api": server, "/login": server, "/healthz": server },
  },
});
