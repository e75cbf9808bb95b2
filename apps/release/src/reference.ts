/**
 * Writes the API reference of all packages as HTML to reference/.
 *
 *     pnpm run docs:api
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { Application } from "typedoc"
import { modulesOf, type Package, packages, workspace } from "./Package.ts"

/** The modules without the index, which only lists them. */
const entryPointsOf = (one: Package) => {
  const [index, ...modules] = modulesOf(one)
  return modules.length > 0 ? modules : [index ?? ""]
}

const out = join(workspace, "reference")

const app = await Application.bootstrap({
  name: "Usher",
  entryPoints: packages.flatMap(entryPointsOf),
  basePath: join(workspace, "packages"),
  displayBasePath: join(workspace, "packages"),
  tsconfig: join(workspace, "tsconfig.base.json"),
  skipErrorChecking: true,
  readme: "none",
  disableSources: true,
  excludeInternal: true,
  excludeExternals: true,
  githubPages: false,
  blockTags: ["@category", "@param", "@returns", "@see", "@effect-expect-leaking"],
  validation: false,
  logLevel: "Error"
})
const project = await app.convert()
if (project === undefined) throw new Error("The docstrings can't be read")
await app.generateDocs(project, out)
if (!existsSync(join(out, "index.html"))) throw new Error(`Nothing was written to ${out}`)
console.log(`${project.children?.length ?? 0} modules in ${join(out, "index.html")}`)
