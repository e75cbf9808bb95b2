import optimizeLocales from "@react-aria/optimize-locales-plugin"
import { defineConfig } from "vite"

export default defineConfig({
  // A test run sets another NODE_ENV.
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  oxc: { jsx: { development: false } },
  // Drops the translations of React Aria, because the page is in English.
  plugins: [{ ...optimizeLocales.vite({ locales: ["en-US"] }), enforce: "pre" }],
  worker: { format: "es" },
  build: {
    target: "es2024",
    // The page's policy forbids data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      // On a slow machine, these are notices about time.
      checks: { bundlerTimings: false },
      onLog: (level, log, handle) => {
        // Harmless without server rendering, and logged for each React library.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handle(level, log)
      }
    }
  },
  server: { host: "127.0.0.1", proxy: { "/api": "http://127.0.0.1:8787" } }
})
