/** Builds the page if its sources are newer than the last build. A build that fails leaves the page of before. */
import { existsSync, globSync, renameSync, rmSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "vite"

const root = fileURLToPath(new URL("..", import.meta.url))

const changedAt = (file: string) => statSync(`${root}/${file}`).mtimeMs

const built = "dist/index.html"

/** Where a build writes until it is complete. */
const unfinished = "node_modules/.page"

const isFresh = () =>
  existsSync(`${root}/${built}`) &&
  [
    ...globSync("{src,public}/**/*", { cwd: root }),
    ...globSync("../../{packages/{admin,core,engine,model},apps/people}/src/**/*.ts", { cwd: root }),
    "index.html",
    "vite.config.ts",
    "package.json",
    "../../pnpm-lock.yaml"
  ].every((file) => changedAt(file) <= changedAt(built))

export const ensure = async () => {
  if (isFresh()) return
  process.stderr.write("Building the page. This takes a few seconds …\n")
  await build({ root, logLevel: "warn", build: { outDir: unfinished, emptyOutDir: true } })
  rmSync(`${root}/dist`, { recursive: true, force: true })
  renameSync(`${root}/${unfinished}`, `${root}/dist`)
}
