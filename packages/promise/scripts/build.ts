/**
 * Builds `dist`: the declarations, and one module that has `@usher/core` in it. As a dependency of its own, `@usher/core`
 * would find the Effect of the project instead of Effect 4 wherever peers are not resolved (`npm --legacy-peer-deps`).
 */
import { execFileSync } from "node:child_process"
import { rmSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { rolldown } from "rolldown"

const project = join(import.meta.dirname, "..")
const dist = join(project, "dist")
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc")

rmSync(dist, { recursive: true, force: true })
execFileSync(process.execPath, [tsc, "--project", join(project, "tsconfig.build.json")], { stdio: "inherit" })

const build = await rolldown({
  input: join(project, "src/index.ts"),
  cwd: project,
  platform: "neutral",
  external: /^effect(\/|$)/,
  transform: { target: "es2022" }
})
await build.write({ dir: dist, format: "esm", sourcemap: true, codeSplitting: false })
await build.close()
