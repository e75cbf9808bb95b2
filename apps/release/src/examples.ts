/** Checks that the examples in docstrings compile. */
import { readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import ts from "typescript"
import { compilerOptions } from "./documented.ts"
import type { Package } from "./Package.ts"

interface Example {
  /** Its place, such as `Lives.ts:40`. */
  readonly place: string
  readonly code: string
}

const examplesIn = (file: string): ReadonlyArray<Example> => {
  const text = readFileSync(file, "utf8")
  return Array.from(text.matchAll(/^ *\* ```ts\n(.*?)^ *\* ```$/gms), ({ 1: block = "", index }) => ({
    place: `${basename(file)}:${text.slice(0, index).split("\n").length}`,
    code: block.replace(/^ *\* ?/gm, "")
  }))
}

const filesIn = (directory: string): ReadonlyArray<string> =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(directory, name))

/** The compiler errors of all examples, each with its place. */
export const exampleFaults = (packages: ReadonlyArray<Package>): ReadonlyArray<string> => {
  const examples = new Map(
    packages
      .flatMap(({ directory }) => filesIn(join(directory, "src")).flatMap(examplesIn))
      .map((example, index) => [join(import.meta.dirname, `example${index}.ts`), example] as const)
  )
  const options = { ...compilerOptions(), noUnusedLocals: false, types: ["node"] }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  const program = ts.createProgram([...examples.keys()], options, {
    ...host,
    fileExists: (path) => examples.has(path) || fileExists(path),
    readFile: (path) => examples.get(path)?.code ?? readFile(path),
    getSourceFile: (path, language) => {
      const code = examples.get(path)?.code ?? readFile(path)
      return code === undefined ? undefined : ts.createSourceFile(path, code, language)
    }
  })
  console.log(`${examples.size} examples in comments`)
  return [...examples].flatMap(([path, { place }]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(({ messageText }) => `${place}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`)
  )
}
