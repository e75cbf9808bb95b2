import { describe, expect, it } from "@effect/vitest"
import * as Distinct from "@usher/people/distinct"

describe("the people of an import", () => {
  it("are the same in either case, and ids only as they are", () => {
    const isNew = Distinct.make()
    const names = ["eva@example.com", "EVA@Example.com", "m-1", "M-1", "m-1"]
    expect(names.map(isNew)).toEqual([true, false, true, true, false])
  })

  it("counts people beyond those that are remembered as new", () => {
    const isNew = Distinct.make(2)
    expect(["a@x.de", "b@x.de", "c@x.de", "c@x.de", "a@x.de"].map(isNew)).toEqual([
      true,
      true,
      true,
      true,
      false
    ])
  })
})
