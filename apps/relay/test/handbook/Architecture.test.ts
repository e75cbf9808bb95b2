/** The pages for contributors agree with the code. */
import { describe, expect, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { read, rowsOf } from "./handbook.ts"

const root = fileURLToPath(new URL("../../../../", import.meta.url))

/** The inline code of a text, without its code blocks. */
const codeIn = (text: string) =>
  Array.from(text.replaceAll(/^```.*?^```$/gms, "").matchAll(/`([^`]+)`/g), ([, code = ""]) => code)

describe("the pages for contributors", () => {
  it.each(["docs/architecture.md", "CONTRIBUTING.md"])("name files that exist: %s", (document) => {
    const paths = codeIn(read(document)).filter((code) => /^(?:apps|packages|docs)\/[\w./-]+$/.test(code))
    expect(paths.length).toBeGreaterThan(3)
    expect(paths.filter((path) => !existsSync(root + path))).toEqual([])
  })

  it("list the folders in the order that the lint rule enforces", () => {
    const lint = read(".oxlintrc.json")
    const told = rowsOf(read("docs/architecture.md"), "root").map((cells) => cells.map(codeIn))
    expect(told).toHaveLength(3)
    for (const [[folder = ""] = [], names = []] of told) {
      const list = new RegExp(String.raw`"${folder}": (\[[^\]]*\])`).exec(lint)?.[1] ?? "[]"
      expect(names).toEqual(JSON.parse(list))
    }
  })
})
