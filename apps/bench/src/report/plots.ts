/** Plots that several scenarios draw, and how they become SVG. */
import { Effect } from "effect"
import { type Axis, parse, type Spec, View } from "vega"

/** Can be told apart by everybody. */
const ours = "#0072b2"

const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#555555", "#e69f00"]

/** White, as pictures are shown as they are where the page is dark. */
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

/** A panel for each group, a bar for each contender (ours are blue), and a line over the spread of its rounds. */
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

export interface Percentile {
  readonly who: string
  readonly share: string
  readonly value: number
}

/** A row for each contender, a dot for each percentile, on a logarithmic scale. */
export const percentiles = (title: string, unit: string, values: ReadonlyArray<Percentile>): Spec => {
  const names = distinct(values.map(({ who }) => who))
  const height = names.length * 34
  const place = { y: { scale: "y", field: "who", band: 0.5 }, x: { scale: "x", field: "value" } }
  return {
    ...page,
    title: { text: title, anchor: "start" },
    width: 520,
    height,
    data: [{ name: "dots", values: [...values] }],
    scales: [
      { name: "y", type: "band", domain: names, range: "height" },
      { name: "x", type: "log", domain: { data: "dots", field: "value" }, range: "width", nice: true },
      { name: "colour", type: "ordinal", domain: { data: "dots", field: "share" }, range: colours }
    ],
    axes: [axis("bottom", "x", unit), axis("left", "y")],
    legends: [{ fill: "colour", title: "share of the answers", symbolType: "circle" }],
    marks: [
      {
        type: "group",
        from: { facet: { data: "dots", name: "row", groupby: "who" } },
        marks: [
          {
            type: "line",
            from: { data: "row" },
            encode: { update: { ...place, stroke: { value: "#bbbbbb" }, strokeWidth: { value: 2 } } }
          }
        ]
      },
      {
        type: "symbol",
        from: { data: "dots" },
        encode: { update: { ...place, fill: { scale: "colour", field: "share" }, size: { value: 90 } } }
      }
    ]
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

/** A line for each; both scales are logarithmic. */
export const lines = (title: string, { x, y }: Axes, values: ReadonlyArray<Point>): Spec => {
  const place = { x: { scale: "x", field: "x" }, y: { scale: "y", field: "y" } }
  const look = { scale: "colour", field: "who" }
  return {
    ...page,
    title: { text: title, anchor: "start" },
    width: 520,
    height: 300,
    data: [{ name: "points", values: [...values] }],
    scales: [
      { name: "x", type: "log", domain: { data: "points", field: "x" }, range: "width" },
      { name: "y", type: "log", domain: { data: "points", field: "y" }, range: "height", nice: true },
      { name: "colour", type: "ordinal", domain: { data: "points", field: "who" }, range: colours },
      { name: "shape", type: "ordinal", domain: { data: "points", field: "who" }, range: "symbol" }
    ],
    axes: [{ ...axis("bottom", "x", x), format: "~s" }, axis("left", "y", y)],
    legends: [{ fill: "colour", shape: "shape", symbolSize: 90 }],
    marks: [
      {
        type: "group",
        from: { facet: { data: "points", name: "line", groupby: "who" } },
        marks: [
          {
            type: "line",
            from: { data: "line" },
            encode: { update: { ...place, stroke: look, strokeWidth: { value: 2 } } }
          }
        ]
      },
      {
        type: "symbol",
        from: { data: "points" },
        encode: {
          update: { ...place, fill: look, shape: { scale: "shape", field: "who" }, size: { value: 90 } }
        }
      }
    ]
  }
}

export const toSvg = (spec: Spec): Effect.Effect<string> =>
  Effect.promise(() => new View(parse(spec), { renderer: "none" }).toSVG())
