/** The plots of the scenarios, as Vega-Lite specifications. */
import { Effect } from "effect"
import { parse, type Spec as VegaSpec, View } from "vega"
import { median } from "./statistics.ts"

/** A Vega-Lite specification. */
export type Spec = Readonly<Record<string, unknown>>

interface VegaLite {
  readonly compile: (spec: Spec) => { readonly spec: VegaSpec }
}

/** A variable, so that TypeScript does not load the library's types, which break under `exactOptionalPropertyTypes`. */
const vegaLite: string = "vega-lite"

const ours = "#0072b2"

/** A palette that color-blind people can distinguish. */
const colors = [ours, "#d55e00", "#009e73", "#cc79a7", "#555555", "#e69f00"]

/** A white background, because a dark page shows the picture as it is. */
const page = {
  background: "white",
  padding: 12,
  config: {
    axis: { labelLimit: 320, gridColor: "#e5e5e5", titleFontWeight: "normal" },
    legend: { labelLimit: 320 },
    title: { anchor: "start" },
    range: { category: colors }
  }
} as const

/** The contenders, in their order. */
const contenders = { field: "who", type: "nominal", sort: null, title: null } as const

export interface Bar {
  readonly who: string
  readonly group: string
  readonly value: number
  readonly low: number
  readonly high: number
}

/** The median of the values with their range; nothing without values. */
export const bar = (who: string, values: ReadonlyArray<number>, group = ""): ReadonlyArray<Bar> => {
  const finite = values.filter(Number.isFinite)
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  return finite.length === 0 ? [] : [{ who, group, value: median(finite), low, high }]
}

/** Draws a panel for each group, a bar for each contender (ours in blue), and a line over the range of its rounds. */
export const bars = (title: string, unit: string, values: ReadonlyArray<Bar>): Spec => ({
  ...page,
  title,
  data: { values: [...values] },
  columns: 1,
  facet: {
    field: "group",
    type: "nominal",
    sort: [...new Set(values.map(({ group }) => group))],
    title: null,
    header: { labelAnchor: "start", labelFontWeight: "bold" }
  },
  resolve: { scale: { x: "independent" } },
  spec: {
    width: 520,
    height: { step: 22 },
    encoding: { y: contenders },
    layer: [
      {
        mark: "bar",
        encoding: {
          x: { field: "value", type: "quantitative", title: unit },
          color: { condition: { test: "indexof(datum.who, 'usher') === 0", value: ours }, value: "#9a9a9a" }
        }
      },
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { x: { field: "low", type: "quantitative" }, x2: { field: "high" } }
      }
    ]
  }
})

export interface Percentile {
  readonly who: string
  readonly share: string
  readonly value: number
}

/** Draws a row for each contender and a point for each percentile, on a logarithmic scale. */
export const percentiles = (title: string, unit: string, values: ReadonlyArray<Percentile>): Spec => ({
  ...page,
  title,
  width: 520,
  height: { step: 34 },
  data: { values: [...values] },
  encoding: {
    y: contenders,
    x: { field: "value", type: "quantitative", scale: { type: "log" }, title: unit }
  },
  layer: [
    { mark: { type: "line", color: "#bbbbbb" }, encoding: { detail: { field: "who" } } },
    {
      mark: { type: "circle", size: 90, opacity: 1 },
      encoding: { color: { field: "share", type: "nominal", sort: null, title: "share of the answers" } }
    }
  ]
})

export interface Point {
  readonly who: string
  readonly x: number
  readonly y: number
}

/** Draws a line for each contender, on logarithmic scales. */
export const lines = (
  title: string,
  { x, y }: { readonly x: string; readonly y: string },
  values: ReadonlyArray<Point>
): Spec => ({
  ...page,
  title,
  width: 520,
  height: 300,
  data: { values: [...values] },
  mark: { type: "line", point: { size: 90, filled: true } },
  encoding: {
    x: { field: "x", type: "quantitative", scale: { type: "log" }, title: x, axis: { format: "~s" } },
    y: { field: "y", type: "quantitative", scale: { type: "log" }, title: y },
    color: contenders,
    shape: contenders
  }
})

export const toSvg = (spec: Spec): Effect.Effect<string> =>
  Effect.promise(async () => {
    const { compile }: VegaLite = await import(vegaLite)
    return new View(parse(compile(spec).spec), { renderer: "none" }).toSVG()
  })
