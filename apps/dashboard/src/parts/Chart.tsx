/** Counts over time, drawn on a canvas; said in words for who can't see it. */
import "uplot/dist/uPlot.min.css"
import { useEffect, useRef, useState } from "react"
import UPlot from "uplot"
import { count } from "./number.ts"

export interface Series {
  readonly name: string
  readonly tone: "in" | "out" | "bad"
  readonly values: ReadonlyArray<number>
}

interface Props {
  readonly label: string
  /** Seconds since 1970. */
  readonly times: ReadonlyArray<number>
  readonly series: ReadonlyArray<Series>
}

const height = 220

const options = (
  series: ReadonlyArray<Series>,
  width: number,
  colour: (name: string) => string
): UPlot.Options => ({
  width,
  height,
  legend: { live: true },
  cursor: { points: { size: 7 }, drag: { x: false, y: false } },
  axes: [
    { stroke: colour("--muted"), grid: { show: false }, ticks: { show: false }, font: "12px system-ui" },
    {
      stroke: colour("--muted"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui",
      size: 44,
      // A half of a webhook is none.
      incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
      values: (_, ticks) => ticks.map(count)
    }
  ],
  scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.15)] } },
  series: [
    {},
    ...series.map(({ name, tone }): UPlot.Series => {
      const stroke = colour(`--chart-${tone}`)
      return {
        label: name,
        stroke,
        width: 2,
        points: { show: false },
        ...(tone === "in" ? { fill: colour("--chart-in-fill") } : {}),
        value: (_, value) => (value === null ? "–" : count(value))
      }
    })
  ]
})

/** The colors of the page, and when they become others. */
const useColours = () => {
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

/** Custom properties don't resolve `light-dark()`; a color that is used does. */
const colourOf = (element: HTMLElement) => (name: string) => {
  const probe = document.createElement("i")
  probe.style.color = `var(${name})`
  element.append(probe)
  const colour = window.getComputedStyle(probe).color
  probe.remove()
  return colour
}

export const Chart = ({ label, times, series }: Props) => {
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(undefined)
  const colours = useColours()
  const names = series.map(({ name }) => name).join()
  const latest = useRef(series)
  latest.current = series

  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const made = new UPlot(options(latest.current, element.clientWidth, colourOf(element)), [[]], element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [names, colours])

  useEffect(() => {
    plot.current?.setData([[...times], ...series.map(({ values }) => [...values])])
  }, [times, series, colours])

  const sums = series.map(
    ({ name, values }) => `${name}: ${count(values.reduce((sum, value) => sum + value, 0))}`
  )
  return (
    <figure className="chart" aria-label={`${label}. ${sums.join(", ")}`}>
      <div ref={frame} aria-hidden="true" />
    </figure>
  )
}
