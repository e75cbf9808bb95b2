/** Counts over time on a canvas, with their sums for screen readers. */
import "uplot/dist/uPlot.min.css"
import { useEffect, useRef, useState } from "react"
import { DateTime } from "effect"
import UPlot from "uplot"
import { type Drawn, height, options, type Tone } from "./chartOptions.ts"
import { count } from "./number.ts"
import { useZone } from "./zone.ts"

export interface Line<A> {
  readonly name: string
  readonly tone: Tone
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
  /** The last point is not over yet. */
  readonly isRunning: boolean
  /** Two times between which the pointer was dragged, in milliseconds. */
  readonly onZoom: (from: number, to: number) => void
  readonly onPick: (point: A) => void
}

/** Changes when the colors of the page change. */
const useThemeVersion = () => {
  const [version, change] = useState(0)
  useEffect(() => {
    const changed = () => change((version) => version + 1)
    const observer = new MutationObserver(changed)
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] })
    const media = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) =>
      window.matchMedia(query)
    )
    for (const medium of media) medium.addEventListener("change", changed)
    return () => {
      observer.disconnect()
      for (const medium of media) medium.removeEventListener("change", changed)
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

export const Chart = <A extends Timed>(props: Props<A>) => {
  const { label, points, lines } = props
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(undefined)
  const theme = useThemeVersion()
  const zone = useZone()
  const newest = useRef(props)
  newest.current = props

  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const drawn: Drawn = {
      lines,
      isRunning: () => newest.current.isRunning,
      onZoom: (from, to) => newest.current.onZoom(from, to),
      onPick: (index) => {
        const point = newest.current.points[index]
        if (point !== undefined) newest.current.onPick(point)
      }
    }
    const made = new UPlot(options(drawn, element.clientWidth, colorOf(element)), [[]], element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [lines, theme, zone])

  useEffect(() => {
    const times = points.map(({ at }) => DateTime.toEpochMillis(at) / 1_000)
    plot.current?.setData([times, ...lines.map(({ valueOf }) => points.map(valueOf))])
  }, [points, lines, theme, zone])

  const sums = lines.map(
    ({ name, valueOf }) => `${name}: ${count(points.reduce((sum, point) => sum + valueOf(point), 0))}`
  )
  return (
    <figure className="chart" aria-label={`${label}. ${sums.join(", ")}`}>
      <div ref={frame} aria-hidden="true" />
    </figure>
  )
}
