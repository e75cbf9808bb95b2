import { relative } from "node:path"
import { fileURLToPath } from "node:url"
import { BaseSequencer, type TestSpecification } from "vitest/node"
import { defineConfig } from "vitest/config"
import { readJob } from "./Job.ts"

const root = fileURLToPath(new URL("../../../..", import.meta.url))
const job = readJob()

/** As they are named, so that the nearest tests come first. */
class InOrder extends BaseSequencer {
  override sort(specifications: Array<TestSpecification>) {
    const place = ({ moduleId }: TestSpecification) => job.tests.indexOf(relative(root, moduleId))
    return Promise.resolve(specifications.toSorted((a, b) => place(a) - place(b)))
  }
}

export default defineConfig({
  root,
  plugins: [
    {
      name: "mutants",
      enforce: "pre",
      // Another run has its mutants in another file.
      configureVitest({ defineCacheKeyGenerator }) {
        defineCacheKeyGenerator(({ id }) => (relative(root, id) === job.file ? false : undefined))
      },
      transform: (_, id) => (relative(root, id) === job.file ? { code: job.code, map: null } : undefined)
    }
  ],
  test: {
    fsModuleCache: true,
    include: [...job.tests],
    runner: fileURLToPath(new URL("MutantRunner.ts", import.meta.url)),
    provide: { postgresUrl: process.env["USHER_MUTATION_POSTGRES"] ?? "" },
    sequence: { sequencer: InOrder },
    fileParallelism: false,
    maxWorkers: 1,
    pool: "forks",
    // Modules are evaluated once for all tests of a file: most of a run's time would go into that.
    isolate: false,
    bail: job.always === undefined ? 0 : 1,
    testTimeout: 60_000,
    silent: true,
    reporters: ["dot"]
  }
})
