/** How a chart looks and behaves. */
import UPlot from "uplot"
import { count } from "./number.ts"
import { formats, nameOf, zone } from "./zone.ts"

/** The color of a line: `--chart-` and its name. */
export type Tone = "in" | "out" | "bad" | "refused"

export interface Drawn {
  readonly lines: ReadonlyArray<{ readonly name: string; readonly tone: Tone }>
  readonly isRunning: () => boolean
  readonly onZoom: (from: number, to: number) => void
  /** Receives the index of the point. */
  readonly onPick: (index: number) => void
}

export const height = 220

/** Shorter drags are clicks. */
const minDrag = 8

const whole = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6]

/** The dashes of each line, where colors can't tell them apart. */
const dashes: ReadonlyArray<Array<number>> = [[], [8, 4], [2, 3], [8, 3, 2, 3]]

/** The same on the marks of the legend. */
const borders = ["solid", "dashed", "dotted", "double"]

/** A time of the chosen zone. Dates for ticks at midnight. */
const tick = (seconds: number) => {
  const { clock, day } = formats()
  const text = clock.format(seconds * 1_000)
  return text === "00:00" ? day.format(seconds * 1_000) : text
}

export const options = (
  { lines, isRunning, onZoom, onPick }: Drawn,
  width: number,
  color: (name: string) => string
): UPlot.Options => {
  const axis = { stroke: color("--muted"), ticks: { show: false }, font: "12px system-ui" }
  const isForced = window.matchMedia("(forced-colors: active)").matches
  const linear = UPlot.paths.linear?.()
  return {
    width,
    height,
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), nameOf(zone())),
    cursor: { points: { size: 7 }, drag: { x: true, y: false, setScale: false, dist: minDrag } },
    axes: [
      { ...axis, grid: { show: false }, values: (_, ticks) => ticks.map(tick) },
      {
        ...axis,
        grid: { stroke: color("--line"), width: 1 },
        size: (_, labels) => 14 + 8 * Math.max(3, ...(labels ?? []).map((label) => label.length)),
        incrs: whole,
        values: (_, ticks) => ticks.map(count)
      }
    ],
    legend: { markers: { dash: (_, index) => (isForced ? (borders[index - 1] ?? "solid") : "solid") } },
    scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.15)] } },
    series: [
      {
        value: (_, seconds) =>
          seconds === null
            ? "–"
            : `${formats().day.format(seconds * 1_000)}, ${formats().clock.format(seconds * 1_000)}`
      },
      ...lines.map(({ name, tone }, index): UPlot.Series => ({
        label: name,
        stroke: color(`--chart-${tone}`),
        width: 2,
        dash: isForced ? (dashes[index] ?? []) : [],
        points: { show: false },
        ...(tone === "in" && !isForced ? { fill: color("--chart-in-fill") } : {}),
        value: (_, value) => (value === null ? "–" : count(value)),
        paths: (plot, series, first, last) =>
          linear?.(plot, series, first, isRunning() ? Math.max(first, last - 1) : last) ?? null
      }))
    ],
    hooks: {
      draw: [(plot) => isRunning() && drawRunning(plot)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (width < minDrag) return
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          onZoom(plot.posToVal(left, "x") * 1_000, plot.posToVal(left + width, "x") * 1_000)
        }
      ],
      ready: [
        (plot) =>
          plot.over.addEventListener("click", () => {
            if (typeof plot.cursor.idx === "number") onPick(plot.cursor.idx)
          })
      ]
    }
  }
}

/** The way to the last point, dashed: its time is not over, so its counts only seem to fall. */
const drawRunning = (plot: UPlot) => {
  const [times, ...values] = plot.data
  const last = times.length - 1
  const [from, to] = [times[last - 1], times[last]]
  if (from === undefined || to === undefined) return
  const { ctx } = plot
  ctx.save()
  ctx.lineWidth = 2 * window.devicePixelRatio
  ctx.setLineDash([3, 4].map((length) => length * window.devicePixelRatio))
  for (const [index, counts] of values.entries()) {
    const [before, now] = [counts[last - 1], counts[last]]
    const stroke = plot.series[index + 1]?.stroke
    if (typeof before !== "number" || typeof now !== "number") continue
    ctx.strokeStyle = typeof stroke === "function" ? String(stroke(plot, index + 1)) : "currentColor"
    ctx.beginPath()
    ctx.moveTo(plot.valToPos(from, "x", true), plot.valToPos(before, "y", true))
    ctx.lineTo(plot.valToPos(to, "x", true), plot.valToPos(now, "y", true))
    ctx.stroke()
  }
  ctx.restore()
}
