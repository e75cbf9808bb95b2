/** The plots of the scenarios. */
import { Effect } from "effect"
import { type Axis, type ColorValueRef, type EncodeEntry, type Mark, parse, type Spec, View } from "vega"
import { median } from "./statistics.ts"

const ours = "#0072b2"

/** A palette that color-blind people can distinguish. */
const colors = [ours, "#d55e00", "#009e73", "#cc79a7", "#555555", "#e69f00"]

/** A white background, because a dark page shows the picture as it is. */
const page = {
  background: "white",
  padding: 12,
  config: { axis: { labelLimit: 320, gridColor: "#e5e5e5" }, legend: { labelLimit: 320 } }
}

const distinct = (values: ReadonlyArray<string>) => [...new Set(values)]

const axis = (orient: "bottom" | "left", scale: string, title?: string): Axis => ({
  orient,
  scale,
  grid: title !== undefined,
  ...(title === undefined ? { domain: false, ticks: false, labelPadding: 8 } : { title, tickCount: 6 })
})

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
export const bars = (title: string, unit: string, values: ReadonlyArray<Bar>): Spec => {
  const names = distinct(values.map(({ who }) => who))
  return {
    ...page,
    title: { text: title, anchor: "start" },
    layout: { columns: 1, padding: 24 },
    data: [],
    marks: distinct(values.map(({ group }) => group)).map((group) => ({
      type: "group",
      title: { text: group, anchor: "start", fontSize: 11 },
      encode: { update: { width: { value: 520 }, height: { value: names.length * 22 } } },
      data: [{ name: "bars", values: values.filter((bar) => bar.group === group) }],
      scales: [
        { name: "y", type: "band", domain: names, range: [0, names.length * 22], padding: 0.25 },
        {
          name: "x",
          type: "linear",
          domain: { data: "bars", field: "high" },
          range: [0, 520],
          zero: true,
          nice: true
        }
      ],
      axes: [axis("bottom", "x", unit), axis("left", "y")],
      marks: [
        {
          type: "rect",
          from: { data: "bars" },
          encode: {
            update: {
              y: { scale: "y", field: "who" },
              height: { scale: "y", band: 1 },
              x: { scale: "x", value: 0 },
              x2: { scale: "x", field: "value" },
              fill: [{ test: "indexof(datum.who, 'usher') === 0", value: ours }, { value: "#9a9a9a" }]
            }
          }
        },
        {
          type: "rule",
          from: { data: "bars" },
          encode: {
            update: {
              y: { scale: "y", field: "who", band: 0.5 },
              x: { scale: "x", field: "low" },
              x2: { scale: "x", field: "high" },
              stroke: { value: "black" },
              strokeWidth: { value: 2 }
            }
          }
        }
      ]
    }))
  }
}

/** Draws a line through the points of each contender, with a symbol on each point. */
const linesAndPoints = (place: EncodeEntry, stroke: ColorValueRef, symbol: EncodeEntry): Array<Mark> => [
  {
    type: "group",
    from: { facet: { data: "points", name: "line", groupby: "who" } },
    marks: [
      {
        type: "line",
        from: { data: "line" },
        encode: { update: { ...place, stroke, strokeWidth: { value: 2 } } }
      }
    ]
  },
  {
    type: "symbol",
    from: { data: "points" },
    encode: { update: { ...place, ...symbol, size: { value: 90 } } }
  }
]

export interface Percentile {
  readonly who: string
  readonly share: string
  readonly value: number
}

/** Draws a row for each contender and a point for each percentile, on a logarithmic scale. */
export const percentiles = (title: string, unit: string, values: ReadonlyArray<Percentile>): Spec => {
  const names = distinct(values.map(({ who }) => who))
  const place = { y: { scale: "y", field: "who", band: 0.5 }, x: { scale: "x", field: "value" } }
  return {
    ...page,
    title: { text: title, anchor: "start" },
    width: 520,
    height: names.length * 34,
    data: [{ name: "points", values: [...values] }],
    scales: [
      { name: "y", type: "band", domain: names, range: "height" },
      { name: "x", type: "log", domain: { data: "points", field: "value" }, range: "width", nice: true },
      { name: "color", type: "ordinal", domain: { data: "points", field: "share" }, range: colors }
    ],
    axes: [axis("bottom", "x", unit), axis("left", "y")],
    legends: [{ fill: "color", title: "share of the answers", symbolType: "circle" }],
    marks: linesAndPoints(place, { value: "#bbbbbb" }, { fill: { scale: "color", field: "share" } })
  }
}

export interface Point {
  readonly who: string
  readonly x: number
  readonly y: number
}

export interface Axes {
  readonly x: string
  readonly y: string
}

/** Draws a line for each contender, on logarithmic scales. */
export const lines = (title: string, { x, y }: Axes, values: ReadonlyArray<Point>): Spec => {
  const place = { x: { scale: "x", field: "x" }, y: { scale: "y", field: "y" } }
  const color = { scale: "color", field: "who" }
  const names = { data: "points", field: "who" }
  return {
    ...page,
    title: { text: title, anchor: "start" },
    width: 520,
    height: 300,
    data: [{ name: "points", values: [...values] }],
    scales: [
      { name: "x", type: "log", domain: { data: "points", field: "x" }, range: "width" },
      { name: "y", type: "log", domain: { data: "points", field: "y" }, range: "height", nice: true },
      { name: "color", type: "ordinal", domain: names, range: colors },
      { name: "shape", type: "ordinal", domain: names, range: "symbol" }
    ],
    axes: [{ ...axis("bottom", "x", x), format: "~s" }, axis("left", "y", y)],
    legends: [{ fill: "color", shape: "shape", symbolSize: 90 }],
    marks: linesAndPoints(place, color, { fill: color, shape: { scale: "shape", field: "who" } })
  }
}

export const toSvg = (spec: Spec): Effect.Effect<string> =>
  Effect.promise(() => new View(parse(spec), { renderer: "none" }).toSVG())
