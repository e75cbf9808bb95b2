/**
 * Whether the package is fit to be published, tried on the tarball that would be: its shape, its types, a program that
 * installs and runs it, and what it costs in a bundle.
 *
 *     pnpm --filter @usher/core check:package
 */
import { execFileSync } from "node:child_process"
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import effect from "effect/package.json" with { type: "json" }
import { type Bundle, bundle, byHand, fiber, invite } from "./bundle.ts"
import { lint } from "./lint.ts"

const project = join(import.meta.dirname, "..")
const scratch = mkdtempSync(join(tmpdir(), "usher-core-"))
const installed = join(scratch, "node_modules", "@usher", "core")

class Fault extends Error {}

const expect = (condition: boolean, otherwise: string) => {
  if (!condition) throw new Fault(otherwise)
}

const run = (cwd: string, command: string, ...args: ReadonlyArray<string>): string => {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: "pipe" })
  } catch (error) {
    const printed = error instanceof Error && "stdout" in error && "stderr" in error
    const said = printed ? `${error.stdout}${error.stderr}`.trim() : String(error)
    throw new Fault(`${[command, ...args].join(" ")} failed:\n${said}`)
  }
}

const pack = (): string => {
  run(project, "npx", "-y", "pnpm@12.21.0", "pack", "--pack-destination", scratch)
  const tarball = readdirSync(scratch).find((name) => name.endsWith(".tgz"))
  if (tarball === undefined) throw new Fault("Packing made no tarball")
  return join(scratch, tarball)
}

const install = (tarball: string) => {
  writeFileSync(join(scratch, "package.json"), JSON.stringify({ private: true, type: "module" }))
  run(scratch, "npm", "install", "--no-audit", "--no-fund", tarball, `effect@${effect.version}`)
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly sideEffects?: boolean
  readonly exports?: unknown
}

/** The manifest as it is published, which is not the one of the workspace. */
const checkManifest = () => {
  const manifest: Manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"))
  const { dependencies = {}, exports, peerDependencies = {}, sideEffects } = manifest
  expect(
    Object.keys(dependencies).length === 0,
    "The package has dependencies; effect is to be its only peer"
  )
  expect(Object.keys(peerDependencies).join() === "effect", "effect is to be the only peer")
  expect(sideEffects === false, "The package does not say `sideEffects: false`")
  expect(!JSON.stringify(exports).includes("./src/"), "The published exports lead to ./src, not to ./dist")
}

const checkConsumer = () => {
  copyFileSync(join(import.meta.dirname, "consumer.ts"), join(scratch, "consumer.ts"))
  writeFileSync(
    join(scratch, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "ES2024",
        module: "nodenext",
        moduleResolution: "nodenext",
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
        types: []
      },
      files: ["consumer.ts"]
    })
  )
  run(scratch, "tsc", "--project", "tsconfig.json")
  const printed = run(scratch, process.execPath, "consumer.ts").trim()
  expect(printed === "Invited", `The program that uses the package printed "${printed}", not "Invited"`)
}

const checkShaking = async () => {
  const unused = await bundle(scratch, `import "@usher/core"; import "@usher/core/testing"`, {
    effect: "included"
  })
  expect(unused.size === 0, `Importing without using anything leaves ${unused.size} bytes in a bundle`)
}

/** `LiveParticipants` alone must not bring along the contract, the tests' parts, or what they need. */
const checkContents = ({ modules }: Bundle) => {
  const foreign = modules.filter((path) =>
    /http-api|MeltingSpot(Api|Memory|Server)|Test\.js$|Generators|HttpServer/.test(path)
  )
  expect(
    foreign.length === 0,
    `A program that only invites also bundles:\n${foreign.map((path) => path.slice(scratch.length)).join("\n")}`
  )
}

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

const printSize = (tarball: string) => {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile()
  )
  const unpacked = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0)
  console.log(`tarball: ${kB(statSync(tarball).size)}, unpacked ${kB(unpacked)}, ${files.length} files\n`)
}

const printCost = async () => {
  console.log("in a bundle, minified / and gzipped    effect external         effect included")
  const row = async (label: string, source: string) => {
    const external = await bundle(scratch, source, { effect: "external" })
    const included = await bundle(scratch, source, { effect: "included" })
    const cell = ({ gzip, size }: Bundle) => `${kB(size)} / ${kB(gzip)}`.padStart(20)
    console.log(`${label.padEnd(34)}${cell(external)}    ${cell(included)}`)
    return { external, included }
  }
  await row("effect: a fiber", fiber)
  const hand = await row("effect: the call by hand", byHand)
  const ours = await row("LiveParticipants.invite", invite("@usher/core"))
  const more = ours.included.gzip - hand.included.gzip
  console.log(`\nLiveParticipants over the call by hand: ${kB(more)} gzipped, effect's parts included`)
  checkContents(ours.included)
}

const step = async <A>(name: string, action: () => A): Promise<Awaited<A>> => {
  const start = performance.now()
  const value = await action()
  console.log(`ok  ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  return value
}

try {
  const tarball = await step("builds and packs", pack)
  await step("publint and are-the-types-wrong find nothing", async () => {
    const faults = await lint(tarball)
    expect(faults.length === 0, faults.join("\n"))
  })
  await step("installs beside effect", () => install(tarball))
  await step("the manifest leads to dist, with effect as its only peer", checkManifest)
  await step("a program type-checks against the declarations and runs", checkConsumer)
  await step("an unused import leaves nothing in a bundle", checkShaking)
  printSize(tarball)
  await printCost()
} catch (error) {
  console.error(`\nNot fit to be published.\n${error instanceof Fault ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
