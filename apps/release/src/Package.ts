/** The packages to publish: all below packages/ that are not `private`. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export const workspace = join(import.meta.dirname, "../../..")

/** The fields of a package.json that the checks read. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly description?: string
  readonly keywords?: ReadonlyArray<string>
  readonly license?: string
  readonly files?: ReadonlyArray<string>
  readonly sideEffects?: boolean
  readonly exports?: Readonly<Record<string, unknown>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly engines?: { readonly node?: string }
}

export interface Package {
  /** The folder's name below packages/. */
  readonly id: string
  /** The folder's path. */
  readonly directory: string
  readonly manifest: Manifest
}

export const readManifest = (directory: string): Manifest =>
  JSON.parse(readFileSync(join(directory, "package.json"), "utf8"))

export const packages: ReadonlyArray<Package> = readdirSync(join(workspace, "packages"))
  .map((id) => ({ id, directory: join(workspace, "packages", id) }))
  .filter(({ directory }) => existsSync(join(directory, "package.json")))
  .map(({ id, directory }) => ({ id, directory, manifest: readManifest(directory) }))
  .filter(({ manifest }) => manifest.private !== true)

/** The files that users import: the index, the modules at the top, those that the index names, and those with a subpath. */
export const modulesOf = ({ directory, manifest }: Package): ReadonlyArray<string> => {
  const source = join(directory, "src")
  const index = join(source, "index.ts")
  const named = Array.from(readFileSync(index, "utf8").matchAll(/ from "(\.[^"]+)"/g), ([, file = ""]) =>
    join(source, file)
  )
  const top = readdirSync(source).filter((name) => name.endsWith(".ts"))
  const targets = Object.values(manifest.exports ?? {}).filter(
    (to): to is string => typeof to === "string" && to.endsWith(".ts") && !to.includes("*")
  )
  return [
    ...new Set([
      index,
      ...top.map((name) => join(source, name)),
      ...named,
      ...targets.map((to) => join(directory, to))
    ])
  ]
}

/** The package and all workspace packages that it depends on. */
export const closure = (of: Package, all: ReadonlyArray<Package> = packages): ReadonlyArray<Package> => {
  const found = new Set([of])
  for (const { manifest } of found)
    for (const other of all) if (other.manifest.name in { ...manifest.dependencies }) found.add(other)
  return [...found]
}

/** The peers that every user needs, with their ranges, and the names of the optional ones. */
export const peersOf = (all: ReadonlyArray<Manifest>) => {
  const required = new Map<string, string>()
  const optional = new Set<string>()
  for (const { peerDependencies = {}, peerDependenciesMeta = {} } of all)
    for (const [name, range] of Object.entries(peerDependencies))
      if (peerDependenciesMeta[name]?.optional === true) optional.add(name)
      else required.set(name, range)
  for (const name of required.keys()) optional.delete(name)
  return { required, optional }
}
