import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { full, quick } from "../src/Mode.ts"
import * as markdown from "../src/report/markdown.ts"
import * as plots from "../src/report/plots.ts"
import * as provenance from "../src/report/provenance.ts"
import { figure, median, ratio, spread } from "../src/report/statistics.ts"

describe("figures", () => {
  it("are medians, which one slow round does not move", () => {
    expect(median([3, 1, 1_000])).toBe(3)
    expect(median([1, 2, 3, 4])).toBe(2.5)
  })

  it("are compared round by round", () => {
    expect(ratio([1, 10, 100], [2, 20, 200])).toBe(0.5)
  })

  it("show three digits and the range of the rounds", () => {
    expect(spread([1_234.5, 1_000, 2_000])).toBe("1,235 (1,000 to 2,000)")
    expect([figure(12.345), figure(1.2345), figure(Number.NaN)]).toEqual(["12.3", "1.23", "-"])
  })
})

describe("a report", () => {
  const report = { tables: [{ title: "t", head: ["", "b"], rows: [["a", "1"]] }], plots: [], notes: ["note"] }

  it("starts with a caveat if its figures must not be quoted", () => {
    expect(markdown.report(report, ["machine"], quick.caveat)).toMatch(/^\*\*A quick run.*\*\*\n\n\*\*t\*\*/)
    expect(markdown.report(report, ["machine"], full.caveat)).toMatch(/^\*\*t\*\*/)
  })

  it.effect("names the command and the commit that produced it", () =>
    Effect.map(provenance.of("bench", ["--only", "a"]), (taken) =>
      expect(taken).toMatch(
        /^Taken by `pnpm bench --only a`, \d{4}-\d\d-\d\d(?:, commit [0-9a-f]{7,}(?: with uncommitted changes)?)?\.$/
      )
    )
  )
})

describe("the document", () => {
  const document = "before\n\n<!-- bench:a -->\n\nold\n\n<!-- /bench:a -->\n\nafter\n"

  it("keeps the text around the figures", () => {
    expect(markdown.insert(document, "a", "new")).toBe(document.replace("old", "new"))
  })

  it("is not written without markers", () => {
    expect(markdown.insert(document, "b", "new")).toBeUndefined()
  })
})

describe("plots", () => {
  it.effect("become SVG that stands alone", () =>
    Effect.gen(function* () {
      const bar = { who: "usher", group: "1 kB", value: 2, low: 1, high: 3 }
      const specs = [
        plots.bars("bars", "accepts/s", [bar, { ...bar, who: "floor" }]),
        plots.percentiles("percentiles", "ms", [
          { who: "usher", share: "50 %", value: 1 },
          { who: "usher", share: "99 %", value: 10 }
        ]),
        plots.lines("lines", { x: "rows", y: "µs" }, [
          { who: "claim", x: 1_000, y: 10 },
          { who: "claim", x: 1_000_000, y: 12 }
        ])
      ]
      for (const svg of yield* Effect.forEach(specs, plots.toSvg)) {
        expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*<\/svg>$/)
        expect(svg).not.toMatch(/NaN|undefined|Infinity/)
      }
    })
  )
})
