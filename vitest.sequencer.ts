/** In which order the test files start: those that take longest first, so that no worker is left alone with one at the end. */
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** A worker belongs to one project. The projects that are left out follow these. */
const projects = ["relay", "dashboard", "engine"]

/** The files of a project that take longest, longest first. The others follow by what the last run took, or by size. */
const slowest = [
  "apps/relay/test/hostile/Attacks.test.ts",
  "apps/relay/test/cli/try/selftest.test.ts",
  "apps/relay/test/database/Database.takeover.test.ts",
  "apps/relay/test/cli/run/serve.process.test.ts",
  "apps/relay/test/cli/operate/import.test.ts",
  "apps/relay/test/cli/operate/control.test.ts",
  "apps/relay/test/outbound/Proxies.proxied.test.ts",
  "apps/relay/test/long/clock.test.ts",
  "apps/relay/test/long/quiet.test.ts",
  "apps/dashboard/test/look.test.ts",
  "apps/dashboard/test/operate.test.ts",
  "apps/dashboard/test/connection.test.ts",
  "apps/dashboard/test/overview.test.ts",
  "packages/engine/test/dispatch/splitting.test.ts",
  "packages/engine/test/operate/Health.test.ts",
  "packages/engine/test/store/spots/cooldowns.test.ts"
].map((file) => fileURLToPath(new URL(file, import.meta.url)))

const moved = slowest.filter((file) => !existsSync(file))
if (moved.length > 0)
  throw new Error(`vitest.sequencer.ts names files that do not exist: ${moved.join(", ")}`)

/** Last, where it is not listed. */
const placeIn = (list: ReadonlyArray<string>, name: string) => {
  const place = list.indexOf(name)
  return place === -1 ? list.length : place
}

export class SlowestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>) {
    const sorted = await super.sort(files)
    return sorted.toSorted(
      (a, b) =>
        placeIn(projects, a.project.name) - placeIn(projects, b.project.name) ||
        placeIn(slowest, a.moduleId) - placeIn(slowest, b.moduleId)
    )
  }
}
