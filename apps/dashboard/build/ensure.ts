/** Builds the page unless it is built and newer than what it is made of. */
import { existsSync, globSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "vite"

const root = fileURLToPath(new URL("..", import.meta.url))

const madeOf = [
  ...globSync("src/**/*", { cwd: root }),
  ...globSync("public/*", { cwd: root }),
  ...globSync("../../packages/{admin,core,engine}/src/**/*.ts", { cwd: root }),
  "index.html",
  "vite.config.ts",
  "package.json",
  "../../pnpm-lock.yaml"
]

const changedAt = (file: string) => statSync(`${root}/${file}`).mtimeMs

const built = "dist/index.html"

if (!existsSync(`${root}/${built}`) || madeOf.some((file) => changedAt(file) > changedAt(built))) {
  process.stderr.write("Building the page, which takes some seconds …\n")
  await build({ root, logLevel: "warn" })
}
