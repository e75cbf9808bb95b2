import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { SlowestFirst } from "./vitest.sequencer.ts"

// Workers, and the programs that tests start, compile what they load once.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "usher-test-compile-cache")

// A busy machine is no failure: the limit only ends what hangs. The files of a worker share its process, which has loaded
// everything once: a test leaves nothing behind there.
const project = (name: string, root: string, globalSetup: Array<string> = []) => ({
  test: { name, root, include: ["test/**/*.test.ts"], testTimeout: 120_000, isolate: false, globalSetup }
})

/** Starts a real server for those who store in it. */
const postgres = fileURLToPath(new URL("packages/engine/test/postgresServer.ts", import.meta.url))

export default defineConfig({
  test: {
    // Tests wait for processes and servers as often as they compute: three at a time keep two processors busy.
    maxWorkers: 3,
    sequence: { sequencer: SlowestFirst },
    projects: [
      project("core", "packages/core"),
      project("model", "packages/model"),
      project("promise", "packages/promise"),
      project("signatures", "packages/signatures"),
      project("sqlite", "packages/sqlite"),
      project("admin", "packages/admin"),
      project("engine", "packages/engine", [postgres]),
      project("sandbox", "apps/sandbox"),
      project("simulation", "apps/simulation"),
      project("relay", "apps/relay", [
        postgres,
        fileURLToPath(new URL("apps/relay/test/built.ts", import.meta.url))
      ]),
      project("dashboard", "apps/dashboard", [
        fileURLToPath(new URL("apps/dashboard/test/built.ts", import.meta.url))
      ]),
      project("bench", "apps/bench"),
      project("mutation", "apps/mutation"),
      project("examples", "examples")
    ]
  }
})
