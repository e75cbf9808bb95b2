/** Counts over time on a canvas, with their sums for screen readers. */
import "uplot/dist/uPlot.min.css"
import { useEffect, useRef, useState } from "react"
import { DateTime } from "effect"
import UPlot from "uplot"
import { count } from "./number.ts"

export interface Line<A> {
  readonly name: string
  readonly tone: "in" | "out" | "bad"
  readonly valueOf: (point: A) => number
}

interface Timed {
  readonly at: DateTime.Utc
}

interface Props<A> {
  readonly label: string
  readonly points: ReadonlyArray<A>
  /** A constant: a new array redraws the chart. */
  readonly lines: ReadonlyArray<Line<A>>
}

const height = 220

const options = <A,>(
  lines: ReadonlyArray<Line<A>>,
  width: number,
  color: (name: string) => string
): UPlot.Options => {
  const axis = { stroke: color("--muted"), ticks: { show: false }, font: "12px system-ui" }
  return {
    width,
    height,
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    axes: [
      { ...axis, grid: { show: false } },
      {
        ...axis,
        grid: { stroke: color("--line"), width: 1 },
        size: 44,
        // Whole numbers only.
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
        values: (_, ticks) => ticks.map(count)
      }
    ],
    scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.15)] } },
    series: [
      {},
      ...lines.map(({ name, tone }): UPlot.Series => ({
        label: name,
        stroke: color(`--chart-${tone}`),
        width: 2,
        points: { show: false },
        ...(tone === "in" ? { fill: color("--chart-in-fill") } : {}),
        value: (_, value) => (value === null ? "–" : count(value))
      }))
    ]
  }
}

/** Changes when the colors of the page change. */
const useThemeVersion = () => {
  const [version, change] = useState(0)
  useEffect(() => {
    const changed = () => change((version) => version + 1)
    const observer = new MutationObserver(changed)
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] })
    const device = window.matchMedia("(prefers-color-scheme: dark)")
    device.addEventListener("change", changed)
    return () => {
      observer.disconnect()
      device.removeEventListener("change", changed)
    }
  }, [])
  return version
}

/** Resolves a custom property's `light-dark()`, which only a used color does. */
const colorOf = (element: HTMLElement) => (name: string) => {
  const probe = document.createElement("i")
  probe.style.color = `var(${name})`
  element.append(probe)
  const color = window.getComputedStyle(probe).color
  probe.remove()
  return color
}

export const Chart = <A extends Timed>({ label, points, lines }: Props<A>) => {
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(undefined)
  const theme = useThemeVersion()

  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const made = new UPlot(options(lines, element.clientWidth, colorOf(element)), [[]], element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [lines, theme])

  useEffect(() => {
    const times = points.map(({ at }) => DateTime.toEpochMillis(at) / 1_000)
    plot.current?.setData([times, ...lines.map(({ valueOf }) => points.map(valueOf))])
  }, [points, lines, theme])

  const sums = lines.map(
    ({ name, valueOf }) => `${name}: ${count(points.reduce((sum, point) => sum + valueOf(point), 0))}`
  )
  return (
    <figure className="chart" aria-label={`${label}. ${sums.join(", ")}`}>
      <div ref={frame} aria-hidden="true" />
    </figure>
  )
}
