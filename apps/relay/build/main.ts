/**
 * Builds the package that installs the command `usher` into `dist`: the program in few files, the dashboard and a manifest.
 *
 *     pnpm --filter @usher/relay run build
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { rolldown } from "rolldown"
import { ensure } from "../../dashboard/build/ensure.ts"

const relay = join(import.meta.dirname, "..")
const workspace = join(relay, "../..")
const dist = join(relay, "dist")

const manifestIn = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

const { name, version, description, license, type, engines } = manifestIn(relay)

/** Private packages of the workspace, which become parts of the program. */
const included = ["@usher/people", "@usher/sandbox"]

/** The others, by the folder whose manifest names them. */
const external = new Map(
  [relay, ...included.map((name) => join(relay, "node_modules", name))].flatMap((folder) =>
    Object.keys(manifestIn(folder).dependencies)
      .filter((name) => !included.includes(name))
      .map((name): [string, string] => [name, folder])
  )
)

const isExternal = (id: string) =>
  [...external.keys()].some((name) => id === name || id.startsWith(`${name}/`))

rmSync(dist, { recursive: true, force: true })
await ensure()
const bundle = await rolldown({ input: join(relay, "src/main.ts"), platform: "node", external: isExternal })
await bundle.write({ dir: dist, format: "esm", sourcemap: true })
await bundle.close()

cpSync(join(workspace, "apps/dashboard/dist"), join(dist, "dashboard"), { recursive: true })
for (const file of ["usher.example.yaml", "README.md"]) cpSync(join(relay, file), join(dist, file))
cpSync(join(workspace, "LICENSE"), join(dist, "LICENSE"))

const manifest = {
  name,
  version,
  description,
  license,
  type,
  engines,
  bin: { usher: "main.js" },
  // As they were tested.
  dependencies: Object.fromEntries(
    [...external].map(([name, folder]) => [name, manifestIn(join(folder, "node_modules", name)).version])
  )
}
writeFileSync(join(dist, "package.json"), JSON.stringify(manifest, null, 2))
