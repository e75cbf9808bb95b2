/** Counts of webhooks and invitations over time. Its range and source are in the address. */
import { DateTime, Effect, Option } from "effect"
import type { Stats } from "@usher/admin"
import type { Bucket } from "@usher/model/Counts"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { navigate, useParameters } from "../location.ts"
import { Chart, type Line } from "../parts/Chart.tsx"
import { Section } from "../parts/Page.tsx"
import { Segments } from "../parts/Segments.tsx"
import { Shown } from "../parts/Shown.tsx"
import { SourceFilter } from "../parts/SourceFilter.tsx"
import { TimeField } from "../parts/TimeField.tsx"
import { nameOf, ofField, toField, useZone } from "../parts/zone.ts"

const hour = 3_600_000
const day = 24 * hour

const first = { id: "hour", label: "1 hour", millis: hour } as const

const spans = [
  first,
  { id: "day", label: "24 hours", millis: day },
  { id: "month", label: "30 days", millis: 30 * day },
  { id: "between", label: "Between …", millis: hour }
] as const

const lines: ReadonlyArray<Line<Stats.Point>> = [
  { name: "Webhooks received", tone: "in", valueOf: ({ accepted }) => accepted },
  { name: "Invitations sent", tone: "out", valueOf: (point) => point.invited + point.already_invited },
  {
    name: "Failed",
    tone: "bad",
    valueOf: ({ rejected, exhausted, unmappable }) => rejected + exhausted + unmappable
  },
  { name: "Deliveries refused", tone: "refused", valueOf: ({ refused }) => refused }
]

const millisOf = { minute: 60_000, hour, day }

/** Minutes are kept for two days. */
const bucketOf = (from: number, to: number, now: number): Bucket =>
  to - from <= 3 * hour && now - from < 2 * day ? "minute" : to - from <= 4 * day ? "hour" : "day"

/** The chosen range. Null as its end: now. */
const useRange = () => {
  const { get } = useParameters()
  // A field's time is another one in another zone.
  useZone()
  const { id, label, millis } = spans.find(({ id }) => id === get("span")) ?? first
  const millisIn = (name: "from" | "to") =>
    id === "between" ? Option.getOrNull(Option.map(ofField(get(name)), DateTime.toEpochMillis)) : null
  const [from, to] = [millisIn("from"), millisIn("to")]
  return { id, label, millis, from, to }
}

export const Traffic = () => {
  const { get, set } = useParameters()
  const { id, label, millis, from, to } = useRange()
  const source = get("source")
  const rangeAt = (now: number) => {
    const end = to ?? now
    const start = Math.min(from ?? end - millis, end)
    return { start, end, bucket: bucketOf(start, end, now) }
  }
  const series = Effect.flatMap(DateTime.now, (now) => {
    const { start, end, bucket } = rangeAt(DateTime.toEpochMillis(now))
    const range = { bucket, from: DateTime.makeUnsafe(start), to: DateTime.makeUnsafe(end) } as const
    return api.stats.series({ query: { ...range, ...(source === "" ? {} : { source }) } })
  })
  const points = useApi(["stats", "series", id, from, to, source], series, { everyMs: 30_000 })
  const { bucket } = rangeAt(Date.now())
  const between = (start: number, end: number) => ({ from: toField(start), to: toField(end) })
  const choose = (span: string) => {
    const { start, end } = rangeAt(Date.now())
    set({ span, from: null, to: null, ...(span === "between" ? between(start, end) : {}) })
  }
  const open = ({ at }: Stats.Point) => {
    const start = DateTime.toEpochMillis(at)
    const range = { time: "between", ...between(start, start + millisOf[bucket]) }
    navigate(`/webhooks?${new URLSearchParams({ ...range, ...(source === "" ? {} : { source }) })}`)
  }
  return (
    <Section
      title="Traffic"
      isCard
      aside={<Segments label="Time range" value={id} onChange={choose} options={spans} />}
    >
      <div className="filters">
        <SourceFilter />
        {id === "between" && (
          <>
            <TimeField name="from" label="From" />
            <TimeField name="to" label="To" />
          </>
        )}
      </div>
      <Shown query={points} waiting="chart">
        {(points) => (
          <Chart
            label={`Counts per ${bucket}, ${id === "between" ? "in the chosen range" : `last ${label}`}`}
            points={points}
            lines={lines}
            isRunning={isRunning(points, bucket)}
            onZoom={(start, end) => set({ span: "between", ...between(start, end) })}
            onPick={open}
          />
        )}
      </Shown>
      <ChartNote source={source} />
    </Section>
  )
}

const isRunning = (points: ReadonlyArray<Stats.Point>, bucket: Bucket) => {
  const last = points.at(-1)
  return last !== undefined && DateTime.toEpochMillis(last.at) + millisOf[bucket] > Date.now()
}

const ChartNote = ({ source }: { readonly source: string }) => (
  <p className="hint">
    Times in {nameOf(useZone())}. The dashed end is not over yet. Drag to zoom, click to open the webhooks of
    a point. Refused deliveries are{" "}
    <a href={`#/quarantine${source === "" ? "" : `?${new URLSearchParams({ source })}`}`}>in quarantine</a>.
  </p>
)
