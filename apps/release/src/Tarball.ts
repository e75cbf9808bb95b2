/** The tarballs of the packages. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { expect, Fault, run } from "./commands.ts"
import { closure, type Manifest, type Package, packages, readManifest, workspace } from "./Package.ts"

export interface Tarball extends Package {
  readonly file: string
  /** In bytes. */
  readonly size: number
}

/** Builds all packages and packs them into a folder. */
export const packInto = async (directory: string): Promise<ReadonlyArray<Tarball>> => {
  const filters = packages.flatMap(({ manifest }) => ["--filter", manifest.name])
  const pnpm = (...args: ReadonlyArray<string>) =>
    run("npx", ["-y", "pnpm@12.21.0", ...filters, ...args], { cwd: workspace })
  for (const { manifest } of packages)
    expect(
      manifest.scripts?.["prepack"] === "pnpm run build",
      `${manifest.name} is not built when it is packed`
    )
  await pnpm("run", "build")
  await pnpm("pack", "--ignore-scripts", "--pack-destination", directory)
  const names = readdirSync(directory)
  return packages.map(({ id, directory: from, manifest }) => {
    const { name, version } = manifest
    const wanted = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`
    if (!names.includes(wanted)) throw new Fault(`Packing made no ${wanted}`)
    const file = join(directory, wanted)
    return { id, directory: from, manifest, file, size: statSync(file).size }
  })
}

/** Checks an installed package: its manifest, which differs from the workspace's, its files and its README. */
export const checkInstalled = (tarball: Tarball, all: ReadonlyArray<Tarball>, project: string): Manifest => {
  const { manifest } = tarball
  const directory = join(project, "node_modules", manifest.name)
  const packed = readManifest(directory)
  const { name, description, keywords = [], license, exports = {}, engines, sideEffects } = packed
  expect(sideEffects === false, `${name} does not say sideEffects: false`)
  expect(description !== undefined && license !== undefined, `${name} has no description or license`)
  expect(keywords.length > 0, `${name} has no keywords`)
  expect(engines?.node !== undefined, `${name} does not say which Node it needs`)
  expect("." in exports, `${name} does not export "."`)
  expect(!JSON.stringify(exports).includes("./src/"), `${name} exports ./src, not ./dist`)
  const files = filesIn(directory)
  for (const wanted of ["README.md", "LICENSE"]) expect(files.includes(wanted), `${name} has no ${wanted}`)
  const unwanted = files.filter((file) => /^(test|bench|scripts)\/|tsbuildinfo|\.db/.test(file))
  expect(unwanted.length === 0, `${name} ships ${unwanted.join()}`)
  const maps = files.filter((file) => /^dist\/.*\.js$/.test(file) && !files.includes(`${file}.map`))
  expect(maps.length === 0, `${name} ships no source map for ${maps.join()}`)
  const modules = files.filter((file) => /^dist\/[^/]+\.js$/.test(file) && file !== "dist/index.js")
  expect(
    modules.length === 0 || "./*" in exports,
    `${name} does not export "./*", though it has ${modules.join()}`
  )
  checkReadme(tarball, all, directory, files)
  return packed
}

const filesIn = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("/node_modules/", directory.length))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))

/** The README may link only to files of the tarball, and names each tarball that an installation by path needs. */
const checkReadme = (
  tarball: Tarball,
  all: ReadonlyArray<Tarball>,
  directory: string,
  files: ReadonlyArray<string>
) => {
  const { name } = tarball.manifest
  const readme = readFileSync(join(directory, "README.md"), "utf8")
  const links = Array.from(readme.matchAll(/\]\(([^)#:\s]+)\)/g), ([, to = ""]) => to)
  const dead = links.filter((to) => !files.some((file) => file === to || file.startsWith(`${to}/`)))
  expect(
    dead.length === 0,
    `The README of ${name} links to files that are not in its tarball: ${dead.join()}`
  )
  const unnamed = all
    .filter((one) => closure(tarball, all).includes(one))
    .map(({ file }) => basename(file))
    .filter((file) => !readme.includes(file))
  expect(unnamed.length === 0, `The README of ${name} installs without ${unnamed.join()}`)
}

/** The names of all exported modules, such as `@usher/core` and `@usher/core/Budget`. */
export const entriesOf = ({ name, exports = {} }: Manifest, project: string): ReadonlyArray<string> => {
  const files = filesIn(join(project, "node_modules", name))
  const refused = Object.entries(exports).flatMap(([key, to]) => (to === null ? [toPattern(key)] : []))
  const keys = Object.entries(exports).flatMap(([key, to]) => {
    const target = targetOf(to)
    if (target === undefined) return []
    if (!key.includes("*")) return [key]
    const pattern = toPattern(target)
    return files.flatMap((file) => {
      const star = pattern.exec(`./${file}`)?.[1]
      return star === undefined ? [] : [key.replace("*", star)]
    })
  })
  return (
    keys
      // JSON is not a module. publint checks that it exists.
      .filter((key) => !key.endsWith(".json") && !refused.some((pattern) => pattern.test(key)))
      .map((key) => name + key.slice(1))
  )
}

const toPattern = (path: string) => new RegExp(`^${path.replaceAll(".", "\\.").replace("*", "(.+)")}$`)

const targetOf = (to: unknown): string | undefined => {
  if (typeof to === "string") return to
  return typeof to === "object" && to !== null && "default" in to ? String(to.default) : undefined
}
