/** A user's project outside of the workspace, installed by npm from tarballs and the registry. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, run } from "./commands.ts"
import { workspace } from "./Package.ts"

/** Makes a project and installs paths of tarballs and `name@version`. */
export const makeProject = async (directory: string, wanted: ReadonlyArray<string>): Promise<string> => {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, type: "module" }))
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...wanted], { cwd: directory })
  return directory
}

const compilers = {
  "TypeScript 5.9": join(import.meta.dirname, "../node_modules/typescript/lib/tsc.js"),
  "TypeScript 7": join(workspace, "node_modules/typescript/lib/tsc.js")
}

export type Compiler = keyof typeof compilers

export type Resolution = "nodenext" | "bundler"

/** Checks the types of the project's programs and of the installed declarations, with strict options. */
export const checkTypes = async (
  project: string,
  files: ReadonlyArray<string>,
  compiler: Compiler,
  resolution: Resolution
) => {
  const config = join(project, `tsconfig.${resolution}.${compiler.replaceAll(/\W/g, "")}.json`)
  const types = ["node", "express"].filter((name) => existsSync(join(project, "node_modules/@types", name)))
  writeFileSync(
    config,
    JSON.stringify({
      compilerOptions: {
        target: "ES2024",
        module: resolution === "bundler" ? "preserve" : "nodenext",
        moduleResolution: resolution,
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        allowImportingTsExtensions: true,
        skipLibCheck: false,
        noEmit: true,
        types
      },
      files
    })
  )
  await run(process.execPath, [compilers[compiler], "--project", config], { cwd: project })
}

/** Runs a program and compares its output with its comments `// Prints: …`. */
export const runProgram = async (
  project: string,
  file: string,
  env: Readonly<Record<string, string>> = {}
) => {
  const source = readFileSync(join(project, file), "utf8")
  const wanted = Array.from(source.matchAll(/^\/\/ Prints: (.*)$/gm), ([, line]) => line).join("\n")
  expect(wanted !== "", `${file} does not say what it prints`)
  const printed = await run(process.execPath, ["--no-warnings", file], { cwd: project, env })
  expect(printed.trim() === wanted, `${file} printed\n${printed.trim()}\n\ninstead of\n${wanted}`)
}

/** Imports all modules. Returns those that fail, each with its missing package. */
export const importAll = async (project: string, entries: ReadonlyArray<string>) => {
  const program = `
    const missing = {}
    for (const entry of ${JSON.stringify(entries)}) {
      try {
        await import(entry)
      } catch (error) {
        const [, name] = /Cannot find package '([^']+)'/.exec(error.message) ?? []
        if (error.code !== "ERR_MODULE_NOT_FOUND" || name === undefined) throw error
        missing[entry] = name
      }
    }
    console.log(JSON.stringify(missing))`
  const printed = await run(process.execPath, ["--input-type=module", "--eval", program], { cwd: project })
  return new Map<string, string>(Object.entries(JSON.parse(printed)))
}

export const isInstalled = (project: string, name: string) => existsSync(join(project, "node_modules", name))

/** Writes a program that imports all modules. */
export const writeEntries = (project: string, entries: ReadonlyArray<string>) =>
  writeFileSync(
    join(project, "entries.ts"),
    entries.map((entry, index) => `export * as entry${index} from ${JSON.stringify(entry)}`).join("\n")
  )
