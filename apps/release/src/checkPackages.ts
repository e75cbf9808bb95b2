/**
 * Checks the tarballs of the packages: their contents and types, programs that install and run them, and the size of core in a
 * bundle.
 *
 *     pnpm run check:package
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startPostgres } from "../../../packages/engine/test/postgresServer.ts"
import { checkBundle } from "./bundle.ts"
import { expect, Fault, forEach, kB, step } from "./commands.ts"
import { lint } from "./lint.ts"
import { closure, packages, peersOf, readManifest, workspace } from "./Package.ts"
import {
  checkTypes,
  type Compiler,
  importAll,
  isInstalled,
  makeProject,
  type Resolution,
  runProgram,
  writeEntries
} from "./Project.ts"
import { checkRelay } from "./relay.ts"
import { checkInstalled, entriesOf, packInto, type Tarball } from "./Tarball.ts"

const programs = join(import.meta.dirname, "../programs")
const ours = readManifest(join(import.meta.dirname, ".."))

/** A package from the registry, in the version of the workspace. */
const fromRegistry = (name: string) => {
  const installed = [join(import.meta.dirname, ".."), workspace]
    .map((directory) => join(directory, "node_modules", name))
    .find(existsSync)
  if (installed === undefined) throw new Fault(`Add ${name} to the devDependencies of ${ours.name}`)
  return `${name}@${readManifest(installed).version}`
}

/** Installs a package with only its dependencies, which shows missing and unnecessary ones. */
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
    expect(!isInstalled(project, peer), `${name} installs ${peer}, which is optional`)
  const entries = entriesOf(manifest, project)
  const missing = await importAll(project, entries)
  for (const [entry, reason] of missing)
    expect(entry !== name && optional.has(reason), `${entry} can't be imported: ${reason}`)
  writeEntries(
    project,
    entries.filter((entry) => !missing.has(entry))
  )
  const program = join(programs, "alone", `${tarball.id}.ts`)
  const hasProgram = existsSync(program)
  if (hasProgram) cpSync(program, join(project, "program.ts"))
  const files = ["entries.ts", ...(hasProgram ? ["program.ts"] : [])]
  await checkTypes(project, files, "TypeScript 7", "nodenext")
  if (hasProgram) await runProgram(project, "program.ts")
  return [
    `${name}: ${entries.length} entries`,
    hasProgram ? "a program runs" : "NO PROGRAM, imports only",
    ...(missing.size === 0
      ? []
      : [`${[...missing.keys()].join(", ")} need ${[...new Set(missing.values())].join()}`]),
    `tarball ${kB(tarball.size)}`
  ].join("; ")
}

/** Makes a project with all packages, and the other packages that the programs use. */
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
  writeEntries(project, entries)
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
  const summaries = await step("each installs by npm with its dependencies, and runs", () =>
    forEach(tarballs, 2, (tarball) => checkAlone(tarball, tarballs, scratch))
  )
  for (const line of summaries) console.log(`      ${line}`)
  const project = await step("all install together, and every entry can be imported", async () => {
    const whole = await makeWhole(tarballs, scratch)
    await checkWhole(whole, tarballs)
    return whole
  })
  const ran = await step("programs with only the tarballs print the expected output", () =>
    runPrograms(project)
  )
  console.log(`      ${ran.join(", ")}`)
  await step("types check with TypeScript 5.9 and 7, under nodenext and bundler", () => typesOf(project))
  await checkBundle(project)
  console.log(
    `      ${await step("the relay installs as a command that serves", () => checkRelay(tarballs, scratch))}`
  )
  console.log(`\nReady to publish, after ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`)
} catch (error) {
  console.error(`\nNot ready to publish.\n${error instanceof Fault ? error.message : String(error)}`)
  // The library that runs Postgres would end the process with 0 otherwise.
  process.once("exit", () => {
    process.exitCode = 1
  })
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
