/**
 * Whether the package serves programs without Effect 4, tried on its tarball: npm installs it beside Effect 3, TypeScript
 * checks programs against its declarations, and these programs run on this Node and on the machine's own.
 *
 *     pnpm --filter @usher/promise check:package
 */
import { execFile } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"
import { importsOf } from "./declarations.ts"
import { programs as readmePrograms } from "./readme.ts"
import { type Spot, startSpot } from "./spot.ts"

/** Of the project that uses the package. */
const versions = { effect: "3.22.4", typescript: "5.9.3", "@types/node": "20.19.25" }

const secretKey = "the-key-of-the-spot"

const project = join(import.meta.dirname, "..")
const scratch = mkdtempSync(join(tmpdir(), "usher-promise-"))
const installed = join(scratch, "node_modules/@usher/promise")

class Fault extends Error {}

const expect = (condition: boolean, otherwise: string) => {
  if (!condition) throw new Fault(otherwise)
}

const execute = promisify(execFile)

const run = async (
  cwd: string,
  command: string,
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv = process.env
): Promise<string> => {
  try {
    return (await execute(command, args, { cwd, env, maxBuffer: 1 << 24 })).stdout
  } catch (error) {
    const printed = error instanceof Error && "stdout" in error && "stderr" in error
    const said = printed ? `${error.stdout}${error.stderr}`.trim() : String(error)
    throw new Fault(`${[command, ...args].join(" ")} failed:\n${said}`)
  }
}

const pack = () => run(project, "npx", ["-y", "pnpm@12.21.0", "pack", "--pack-destination", scratch])

const versionOf = (manifest: string): string => {
  const { version }: { readonly version: string } = JSON.parse(readFileSync(manifest, "utf8"))
  return version
}

const install = async () => {
  const tarball = `file:./usher-promise-${versionOf(join(project, "package.json"))}.tgz`
  const dependencies = { "@usher/promise": tarball, ...versions }
  writeFileSync(
    join(scratch, "package.json"),
    JSON.stringify({ private: true, type: "module", dependencies })
  )
  await run(scratch, "npm", ["install", "--no-audit", "--no-fund"])
  expect(
    versionOf(join(scratch, "node_modules/effect/package.json")) === versions.effect,
    "The project did not keep its own Effect 3"
  )
}

const checkManifest = () => {
  const { dependencies, exports, peerDependencies } = JSON.parse(
    readFileSync(join(installed, "package.json"), "utf8")
  )
  // A dependency with effect as its peer would get Effect 3 from npm with --legacy-peer-deps.
  expect(peerDependencies === undefined, "The package has peers")
  expect(Object.keys(dependencies).join() === "effect", "effect is to be its only dependency")
  expect(!JSON.stringify(exports).includes("./src/"), "The published exports lead to ./src, not to ./dist")
}

const checkDeclarations = () => {
  const { files, packages } = importsOf(join(installed, "dist/index.d.ts"))
  expect(packages.length === 0, `The declarations import ${packages.join(", ")}`)
  const missing = files.filter((file) => !existsSync(file))
  expect(missing.length === 0, `The declarations import files that are not packed:\n${missing.join("\n")}`)
  const unused = readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .filter((name) => !files.includes(join(installed, "dist", name)))
  expect(unused.length === 0, `Declarations are packed that nobody reads:\n${unused.join("\n")}`)
}

/** The programs by their names, and what each prints. */
const programs: ReadonlyMap<string, string> = new Map([
  ["plain.ts", "Invited, 2 AlreadyInvited, 3 Invited, 2, LiveNotFound, true, "],
  ["effect3.ts", "Invited, AlreadyInvited, LiveNotFound, TimeoutException, true"],
  ["commonjs.cts", "Invited"],
  ...readmePrograms.map(({ name, output }) => [`${name}.ts`, output.trimEnd()] as const)
])

const writePrograms = () => {
  for (const { code, name } of readmePrograms) writeFileSync(join(scratch, `${name}.ts`), code)
  for (const name of ["plain.ts", "effect3.ts", "commonjs.cts"]) {
    copyFileSync(join(import.meta.dirname, "consumer", name), join(scratch, name))
  }
}

const nodenext = { module: "nodenext", moduleResolution: "nodenext" }
const bundler = { module: "esnext", moduleResolution: "bundler" }
const dom = { lib: ["ES2022", "DOM"], types: [] }
const node = { lib: ["ES2022"], types: ["node"] }

/** Type-checks against the declarations, and writes the JavaScript to `out` if it is told where. */
const compile = async (
  compiler: string,
  options: object,
  names: ReadonlyArray<string>,
  out?: string
): Promise<void> => {
  const compilerOptions = {
    target: "ES2022",
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: out === undefined,
    outDir: out,
    rootDir: ".",
    ...options
  }
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify({ compilerOptions, files: names }))
  await run(scratch, process.execPath, [compiler, "--project", "tsconfig.json"])
}

const checkTypes = async () => {
  const all = [...programs.keys()]
  const modules = all.filter((name) => name.endsWith(".ts"))
  const plain = ["plain.ts"]
  const own = join(scratch, "node_modules/typescript/bin/tsc")
  const next = join(project, "../../node_modules/typescript/bin/tsc")
  await compile(own, { ...nodenext, ...dom }, all, "out")
  await compile(own, { ...bundler, ...dom }, modules)
  await compile(own, { ...nodenext, ...node }, plain)
  await compile(own, { ...bundler, ...node }, plain)
  await compile(next, { ...nodenext, ...dom }, all)
  await compile(next, { ...bundler, ...dom }, modules)
}

/** The Node that the machine has besides the one of the workspace. */
const nodeOfMachine = (): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((directory) => !directory.includes("node_modules"))
    .map((directory) => join(directory, "node"))
    .find((file) => existsSync(file))

const runPrograms = async (node: string, spot: Spot) => {
  const env = {
    PATH: process.env["PATH"],
    MELTINGSPOT_BASE_URL: spot.baseUrl,
    MELTINGSPOT_SECRET_KEY: secretKey
  }
  for (const [name, output] of programs) {
    const file = join("out", name.replace(/ts$/, "js"))
    const printed = (await run(scratch, node, ["--no-warnings", file], env)).trimEnd()
    expect(printed === output.trimEnd(), `${name} printed:\n${printed}\nand not:\n${output}`)
  }
}

const runOn = async (node: string) => {
  const version = (await run(scratch, node, ["--version"])).trim()
  await step(`${programs.size} programs run on Node ${version}`, async () => {
    const spot = await startSpot(secretKey)
    try {
      await runPrograms(node, spot)
    } finally {
      spot.close()
    }
  })
}

const step = async <A>(name: string, action: () => A): Promise<Awaited<A>> => {
  const start = performance.now()
  const value = await action()
  console.log(`ok  ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  return value
}

try {
  await step("builds and packs", pack)
  await step(`npm installs it beside effect ${versions.effect}`, install)
  await step("the manifest leads to dist, with effect as its only dependency", checkManifest)
  await step("the declarations import no package", checkDeclarations)
  writePrograms()
  await step("programs type-check with TypeScript 5.9 and 7 under nodenext and bundler", checkTypes)
  await runOn(process.execPath)
  const other = nodeOfMachine()
  if (other === undefined) console.log("--  the machine has no other Node to run the programs on")
  else await runOn(other)
} catch (error) {
  console.error(
    `\nNot fit for programs without Effect 4.\n${error instanceof Fault ? error.message : String(error)}`
  )
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
