import { expect, it } from "vitest"
import { readFileSync } from "node:fs"
import { equivalents, equivalentsOf } from "../src/equivalent/all.ts"
import { find } from "../src/find.ts"
import { all } from "../src/targets.ts"

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8")

it("lists as equivalent only mutants that exist", () => {
  const stale = Object.keys(equivalents).flatMap((file) => {
    const source = read(file)
    return equivalentsOf(file, source, find(file, source)).stale.map((entry) => `${file}: ${entry}`)
  })
  expect(stale).toEqual([])
})

it("lists only files that are targets", () => {
  expect(Object.keys(equivalents).filter((file) => !all.some((target) => target.file === file))).toEqual([])
})

it("names only tests that exist", () => {
  const files = new Set(all.flatMap(({ tests }) => tests))
  expect([...files].filter((file) => !read(file).includes("test"))).toEqual([])
})
