import { expect, it } from "vitest"
import { readFileSync } from "node:fs"
import { equivalents } from "../src/equivalent/all.ts"
import { find } from "../src/find.ts"
import { isSame } from "../src/report.ts"
import { all } from "../src/targets.ts"

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8")

it("names as equivalent only mutants that there are", () => {
  const stale = [...Map.groupBy(equivalents, ({ file }) => file)].flatMap(([file, listed]) => {
    const mutants = find(file, read(file))
    return listed.filter((one) => !mutants.some((mutant) => isSame(file, mutant, one)))
  })
  expect(stale).toEqual([])
})

it("runs tests that there are", () => {
  const files = new Set(all.flatMap(({ tests }) => tests))
  expect([...files].filter((file) => !read(file).includes("test"))).toEqual([])
})
