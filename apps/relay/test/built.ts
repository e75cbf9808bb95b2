/**
 * `usher` in few files, for tests that start it as a process. Loading the sources module by module takes a second of processor
 * time, most of it to find a thousand files; loading these takes a quarter.
 */
import { existsSync, globSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { rolldown } from "rolldown"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    /** The file to start `usher` with, in projects that have built it. */
    usherProgram: string | undefined
  }
}

const root = fileURLToPath(new URL("../../..", import.meta.url))
const source = join(root, "apps/relay/src/main.ts")
const folder = join(root, "node_modules/.cache/usher-test")
const built = join(folder, "main.js")

const changedAt = (file: string) => statSync(file).mtimeMs

const isFresh = () =>
  existsSync(built) &&
  [
    ...globSync(join(root, "{packages,apps}/*/src/**/*.ts")),
    join(root, "pnpm-lock.yaml"),
    fileURLToPath(import.meta.url)
  ].every((file) => changedAt(file) <= changedAt(built))

/** What comes with the program, as in its package. Every other source finds the files beside it where they are. */
const companions = "apps/relay/src/files.ts"

export default async function setup(project: TestProject) {
  project.provide("usherProgram", built)
  if (isFresh()) return
  const bundle = await rolldown({
    input: source,
    platform: "node",
    logLevel: "silent",
    plugins: [
      {
        name: "places",
        transform: {
          filter: { code: "import.meta.", id: { exclude: join(root, companions) } },
          handler: (code, file) =>
            code
              .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(file).href))
              .replaceAll("import.meta.dirname", JSON.stringify(dirname(file)))
        }
      }
    ]
  })
  // Another run may start programs meanwhile.
  const fresh = `${folder}-${process.pid}`
  await bundle.write({ dir: fresh, format: "esm" })
  await bundle.close()
  symlinkSync(join(root, "apps/dashboard/dist"), join(fresh, "dashboard"))
  symlinkSync(join(root, "apps/relay/usher.example.yaml"), join(fresh, "usher.example.yaml"))
  rmSync(folder, { recursive: true, force: true })
  renameSync(fresh, folder)
}
