/** Counts of webhooks and invitations over time. */
import { DateTime, Effect } from "effect"
import type { Stats } from "@usher/admin"
import { useState } from "react"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Chart, type Line } from "../parts/Chart.tsx"
import { Section } from "../parts/Page.tsx"
import { Segments } from "../parts/Segments.tsx"
import { Shown } from "../parts/Shown.tsx"

const hour = 3_600_000

const first = { id: "hour", label: "1 hour", bucket: "minute", millis: hour } as const

const spans = [
  first,
  { id: "day", label: "24 hours", bucket: "hour", millis: 24 * hour },
  { id: "month", label: "30 days", bucket: "day", millis: 30 * 24 * hour }
] as const

const lines: ReadonlyArray<Line<Stats.Point>> = [
  { name: "Webhooks received", tone: "in", valueOf: ({ accepted }) => accepted },
  { name: "Invitations sent", tone: "out", valueOf: (point) => point.invited + point.already_invited },
  {
    name: "Failed",
    tone: "bad",
    valueOf: ({ rejected, exhausted, unmappable }) => rejected + exhausted + unmappable
  }
]

export const Traffic = () => {
  const [span, setSpan] = useState<string>(first.id)
  const { label, bucket, millis } = spans.find(({ id }) => id === span) ?? first
  const series = Effect.flatMap(DateTime.now, (now) =>
    api.stats.series({ query: { bucket, from: DateTime.subtract(now, { milliseconds: millis }) } })
  )
  const points = useApi(["stats", "series", span], series, { everyMs: 30_000 })
  return (
    <Section
      title="Traffic"
      isCard
      aside={<Segments label="Time range" value={span} onChange={setSpan} options={spans} />}
    >
      <Shown query={points} waiting="chart">
        {(points) => <Chart label={`Counts per ${bucket}, last ${label}`} points={points} lines={lines} />}
      </Shown>
    </Section>
  )
}
