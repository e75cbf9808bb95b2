import { expect, it } from "vitest"
import { isAllowed, sorted, whenAtLeast } from "./sample.ts"

it("allows one and two", () => {
  expect([0, 1, 2, 3].map(isAllowed)).toEqual([false, true, true, false])
})

it("loses no number", () => {
  expect(sorted([2, 1])).toHaveLength(2)
})

it("asks until there is enough", async () => {
  let asked = 0
  const next = () => new Promise<number>((resolve) => setTimeout(() => resolve(Math.min(++asked, 2)), 1))
  expect(await whenAtLeast(2, next)).toBe(2)
  expect(asked).toBe(2)
})
