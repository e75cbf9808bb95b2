/**
 * Whether the packages are fit to be published, tried on the tarballs that would be: their shape and types, programs that
 * install and run them, and what core costs in a bundle.
 *
 *     pnpm run check:package
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startPostgres } from "../../../packages/engine/test/postgresServer.ts"
import { checkBundle } from "./bundle.ts"
import { expect, Fault, forEach, step } from "./commands.ts"
import { lint } from "./lint.ts"
import { closure, packages, peersOf, readManifest, workspace } from "./Package.ts"
import {
  checkTypes,
  type Compiler,
  importAll,
  isInstalled,
  makeProject,
  type Resolution,
  runProgram
} from "./Project.ts"
import { checkInstalled, entriesOf, packInto, type Tarball } from "./Tarball.ts"

const programs = join(import.meta.dirname, "../programs")
const ours = readManifest(join(import.meta.dirname, ".."))

/** A package from the registry in the version that the workspace has. */
const fromRegistry = (name: string) => {
  const installed = [join(import.meta.dirname, ".."), workspace]
    .map((directory) => join(directory, "node_modules", name))
    .find(existsSync)
  if (installed === undefined) throw new Fault(`${ours.name} is to have ${name} among its devDependencies`)
  return `${name}@${readManifest(installed).version}`
}

/** The package with nothing but what it needs: a missing dependency, and one that only some need, show here. */
const checkAlone = async (tarball: Tarball, all: ReadonlyArray<Tarball>, scratch: string) => {
  const needed = closure(tarball, all)
  const { required, optional } = peersOf(needed.map(({ manifest }) => manifest))
  const project = await makeProject(join(scratch, "alone", tarball.id), [
    ...all.filter((one) => needed.includes(one)).map(({ file }) => file),
    ...[...required.keys(), "@types/node"].map(fromRegistry)
  ])
  const manifest = checkInstalled(tarball, all, project)
  const { name } = manifest
  for (const peer of optional)
    expect(!isInstalled(project, peer), `${name} brings ${peer} along, which it calls optional`)
  const entries = entriesOf(manifest, project)
  const missing = await importAll(project, entries)
  for (const [entry, reason] of missing)
    expect(entry !== name && optional.has(reason), `${entry} can't be imported: ${reason}`)
  const lines = entries
    .filter((entry) => !missing.has(entry))
    .map((entry, index) => `export * as entry${index} from ${JSON.stringify(entry)}`)
  writeFileSync(join(project, "entries.ts"), lines.join("\n"))
  const files = ["entries.ts"]
  const program = join(programs, "alone", `${tarball.id}.ts`)
  if (existsSync(program)) {
    cpSync(program, join(project, "program.ts"))
    files.push("program.ts")
  }
  await checkTypes(project, files, "TypeScript 7", "nodenext")
  if (existsSync(program)) await runProgram(project, "program.ts")
  return [
    `${name}: ${entries.length} entries`,
    existsSync(program) ? "a program runs" : "NO PROGRAM, imports only",
    ...(missing.size === 0
      ? []
      : [`${[...missing.keys()].join(", ")} need ${[...new Set(missing.values())].join()}`]),
    `tarball ${kB(tarball.size)}`
  ].join("; ")
}

/** A project with all packages and what programs use beside them. */
const makeWhole = async (tarballs: ReadonlyArray<Tarball>, scratch: string) => {
  const { required, optional } = peersOf(tarballs.map(({ manifest }) => manifest))
  const beside = ["@effect/platform-node", "express", "@types/express", "@types/node"]
  const project = await makeProject(join(scratch, "whole"), [
    ...tarballs.map(({ file }) => file),
    ...[...required.keys(), ...optional, ...beside].map(fromRegistry)
  ])
  cpSync(programs, project, { recursive: true })
  return project
}

const checkWhole = async (project: string, tarballs: ReadonlyArray<Tarball>) => {
  const entries = tarballs.flatMap(({ manifest }) =>
    entriesOf(readManifest(join(project, "node_modules", manifest.name)), project)
  )
  const missing = await importAll(project, entries)
  expect(missing.size === 0, `Can't be imported: ${JSON.stringify([...missing])}`)
  writeFileSync(
    join(project, "entries.ts"),
    entries.map((entry, index) => `export * as entry${index} from ${JSON.stringify(entry)}`).join("\n")
  )
}

const typesOf = async (project: string) => {
  const files = readdirSync(project, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.startsWith("node_modules")
  )
  const combinations: ReadonlyArray<readonly [Compiler, Resolution]> = [
    ["TypeScript 5.9", "nodenext"],
    ["TypeScript 5.9", "bundler"],
    ["TypeScript 7", "nodenext"],
    ["TypeScript 7", "bundler"]
  ]
  await forEach(combinations, 2, ([compiler, resolution]) => checkTypes(project, files, compiler, resolution))
}

const runPrograms = async (project: string) => {
  const files = readdirSync(programs).filter((file) => file.endsWith(".ts") && file !== "shop.ts")
  const postgres = await startPostgres()
  try {
    await forEach(files, 2, (file) => runProgram(project, file, { POSTGRES_URL: postgres.url }))
  } finally {
    await postgres.remove()
  }
  return files.map((file) => file.replace(".ts", ""))
}

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

const scratch = mkdtempSync(join(tmpdir(), "usher-packages-"))
const startedAt = performance.now()

try {
  const tarballs = await step(`builds and packs ${packages.map(({ id }) => id).join(", ")}`, () => {
    mkdirSync(join(scratch, "tarballs"))
    return packInto(join(scratch, "tarballs"))
  })
  await step("publint and are-the-types-wrong find nothing", async () => {
    const faults = await forEach(tarballs, 2, ({ file }) => lint(file))
    expect(faults.flat().length === 0, faults.flat().join("\n"))
  })
  const told = await step("each installs by npm with what it needs, and runs", () =>
    forEach(tarballs, 2, (tarball) => checkAlone(tarball, tarballs, scratch))
  )
  for (const line of told) console.log(`      ${line}`)
  const project = await step("all install together, and every entry can be imported", async () => {
    const whole = await makeWhole(tarballs, scratch)
    await checkWhole(whole, tarballs)
    return whole
  })
  const ran = await step("programs from tarballs alone do what they say", () => runPrograms(project))
  console.log(`      ${ran.join(", ")}`)
  await step("their types hold with TypeScript 5.9 and 7, under nodenext and bundler", () => typesOf(project))
  await checkBundle(project)
  console.log(`\nFit to be published, after ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`)
} catch (error) {
  console.error(`\nNot fit to be published.\n${error instanceof Fault ? error.message : String(error)}`)
  // The library that runs Postgres would end the process with 0 all the same.
  process.once("exit", () => {
    process.exitCode = 1
  })
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
