import { defineConfig } from "vitest/config"

// A busy machine is no failure: the limit only ends what hangs.
const project = (name: string, root: string, globalSetup: Array<string> = []) => ({
  test: { name, root, include: ["test/**/*.test.ts"], testTimeout: 60_000, globalSetup }
})

export default defineConfig({
  test: {
    projects: [
      project("core", "packages/core"),
      project("signatures", "packages/signatures"),
      project("sqlite", "packages/sqlite"),
      project("engine", "packages/engine", ["test/postgresServer.ts"]),
      project("sandbox", "apps/sandbox"),
      project("relay", "apps/relay")
    ]
  }
})
