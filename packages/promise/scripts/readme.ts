/** The programs of the README, each with what it prints. */
import { readFileSync } from "node:fs"
import { join } from "node:path"

export interface Program {
  readonly name: string
  readonly code: string
  /** The `text` block behind it. */
  readonly output: string
}

const pattern = /^```ts\n(.*?)^```\n\n```text\n(.*?)^```/gms

export const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8")

export const programs: ReadonlyArray<Program> = Array.from(
  readme.matchAll(pattern),
  ([, code = "", output = ""], index) => ({ name: `readme-${index + 1}`, code, output })
)
