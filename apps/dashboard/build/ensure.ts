/** Builds the page if its sources are newer than the last build. */
import { existsSync, globSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "vite"

const root = fileURLToPath(new URL("..", import.meta.url))

const changedAt = (file: string) => statSync(`${root}/${file}`).mtimeMs

const built = "dist/index.html"

const isFresh = () =>
  existsSync(`${root}/${built}`) &&
  [
    ...globSync("{src,public}/**/*", { cwd: root }),
    ...globSync("../../packages/{admin,core,engine,model}/src/**/*.ts", { cwd: root }),
    "index.html",
    "vite.config.ts",
    "package.json",
    "../../pnpm-lock.yaml"
  ].every((file) => changedAt(file) <= changedAt(built))

export const ensure = async () => {
  if (isFresh()) return
  process.stderr.write("Building the page. This takes a few seconds …\n")
  await build({ root, logLevel: "warn" })
}
