import { assert, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const folder = fileURLToPath(new URL("..", import.meta.url))
const readme = readFileSync(`${folder}/README.md`, "utf8")
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code)

for (const [index, code] of examples.entries()) {
  it(`example ${index + 1} of the README runs, and prints what it says`, () => {
    const said = [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line]) => line)
    const printed = execFileSync(process.execPath, ["--input-type=module-typescript", "--eval", code], {
      cwd: folder,
      encoding: "utf8"
    })
    assert.isNotEmpty(said)
    assert.deepStrictEqual(printed.trimEnd().split("\n"), said)
  })
}
