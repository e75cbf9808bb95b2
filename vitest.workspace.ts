import { defineConfig } from "vitest/config"

const project = (name: string, root: string) => ({
  test: { name, root, include: ["test/**/*.test.ts"] }
})

export default defineConfig({
  test: {
    projects: [
      project("core", "packages/core"),
      project("signatures", "packages/signatures"),
      project("sqlite", "packages/sqlite"),
      project("engine", "packages/engine"),
      project("sandbox", "apps/sandbox"),
      project("relay", "apps/relay")
    ]
  }
})
