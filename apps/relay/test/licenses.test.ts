import { describe, expect, it } from "vitest"
import { judge } from "../scripts/licenses.ts"

const component = (...licenses: ReadonlyArray<unknown>) => ({
  group: "@scope",
  name: "thing",
  version: "1.2.3",
  licenses
})

const id = (id: string) => ({ license: { id } })

describe("the licenses of a bill of materials", () => {
  it.each([
    ["one that is allowed", [id("MIT")]],
    ["a choice with one that is allowed", [{ expression: "(GPL-3.0-only OR MIT)" }]],
    ["several that all are allowed", [id("MIT"), id("ISC")]],
    ["an expression in which all are allowed", [{ expression: "MIT AND BSD-3-Clause" }]]
  ])("may be %s", (_name, licenses) => {
    expect(judge({ components: [component(...licenses)] })).toEqual({ packages: 1, problems: [] })
  })

  it.each([
    ["one that is not", [id("GPL-3.0-only")], "GPL-3.0-only"],
    ["one that has only a name", [{ license: { name: "see LICENSE" } }], "see LICENSE"],
    ["several of which one is not", [id("MIT"), id("AGPL-3.0-only")], "MIT AND AGPL-3.0-only"],
    ["an expression that takes a person", [{ expression: "X AND (Y OR MIT)" }], "X AND (Y OR MIT)"],
    ["none", [], "no license is known"]
  ])("may not be %s", (_name, licenses, shown) => {
    const { problems } = judge({ components: [component(...licenses), component(id("MIT"))] })
    expect(problems).toEqual([`@scope/thing@1.2.3: ${shown}`])
  })

  it("are not there when the bill is empty or no bill", () => {
    for (const bill of [{}, { components: [] }, null]) {
      expect(judge(bill)).toEqual({ packages: 0, problems: ["The bill of materials has no components."] })
    }
  })
})
