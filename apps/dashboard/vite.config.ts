import optimizeLocales from "@react-aria/optimize-locales-plugin"
import { defineConfig } from "vite"

export default defineConfig({
  // Also where a test run builds it.
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  oxc: { jsx: { development: false } },
  // What React Aria says by itself is said in the language of the page.
  plugins: [{ ...optimizeLocales.vite({ locales: ["en-US"] }), enforce: "pre" }],
  build: {
    target: "es2024",
    // An image as a data: URL would need room in the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      onLog: (level, log, handle) => {
        // Said of each React library, and of no meaning without a server that renders.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handle(level, log)
      }
    }
  },
  server: { host: "127.0.0.1", proxy: { "/api": "http://127.0.0.1:8787" } }
})
