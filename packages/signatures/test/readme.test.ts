import { assert, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { printedBy, saidBy } from "./examples.ts"

const folder = fileURLToPath(new URL("..", import.meta.url))
const readme = readFileSync(`${folder}/README.md`, "utf8")
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code)

for (const [index, code] of blocks.entries()) {
  it.concurrent(`example ${index + 1} of the README runs, and prints what it says`, async () => {
    assert.isNotEmpty(saidBy(code))
    assert.deepStrictEqual(await printedBy(code), saidBy(code))
  })
}

/** The examples of a module's comments, each with the title above it. */
const examplesIn = (path: string) =>
  [
    ...readFileSync(`${folder}/${path}`, "utf8").matchAll(
      /^ \* \*\*Example\*\* \(([^\n]*)\)\n \*\n \* ```ts\n(.*?)^ \* ```$/gms
    )
  ].map(([, title = "", code = ""]) => ({ path, title, code: code.replaceAll(/^ \* ?/gm, "") }))

const examples = globSync("src/**/*.ts", { cwd: folder }).toSorted().flatMap(examplesIn)

it("there are examples in the comments", () => assert.isAbove(examples.length, 10))

for (const { code, path, title } of examples) {
  it.concurrent(`the example "${title}" of ${path} runs, and prints what it says`, async () => {
    assert.isNotEmpty(saidBy(code))
    assert.deepStrictEqual(await printedBy(code), saidBy(code))
  })
}
