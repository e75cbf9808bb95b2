/** What comes in and what goes out, over time. */
import { DateTime, Effect } from "effect"
import type { Stats } from "@usher/admin"
import { useState } from "react"
import { ToggleButton, ToggleButtonGroup } from "react-aria-components"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Chart } from "../parts/Chart.tsx"
import { Section } from "../parts/Page.tsx"
import { Shown } from "../parts/Shown.tsx"

const hour = 3_600_000

interface Span {
  readonly id: string
  readonly label: string
  readonly bucket: "minute" | "hour" | "day"
  readonly millis: number
}

const first: Span = { id: "hour", label: "1 hour", bucket: "minute", millis: hour }

const spans: ReadonlyArray<Span> = [
  first,
  { id: "day", label: "24 hours", bucket: "hour", millis: 24 * hour },
  { id: "month", label: "30 days", bucket: "day", millis: 30 * 24 * hour }
]

const series = ({ bucket, millis }: Span) =>
  Effect.flatMap(DateTime.now, (now) =>
    api.stats.series({ query: { bucket, from: DateTime.subtract(now, { milliseconds: millis }) } })
  )

const sent = (point: Stats.Point) => point.invited + point.already_invited

const failed = (point: Stats.Point) => point.rejected + point.exhausted + point.unmappable

export const Traffic = () => {
  const [span, setSpan] = useState(first)
  const points = useApi(["stats", "series", span.id], series(span), { everyMs: 30_000 })
  return (
    <Section
      title="Traffic"
      aside={
        <ToggleButtonGroup
          aria-label="How far back"
          className="segments"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[span.id]}
          onSelectionChange={(keys) => setSpan(spans.find(({ id }) => keys.has(id)) ?? first)}
        >
          {spans.map(({ id, label }) => (
            <ToggleButton key={id} id={id} className="segment">
              {label}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      }
    >
      <div className="card chart-card">
        <Shown query={points} waiting={<div className="chart waiting" role="status" aria-label="Loading" />}>
          {(points) => (
            <Chart
              label={`Per ${span.bucket}, over ${span.label}`}
              times={points.map(({ at }) => DateTime.toEpochMillis(at) / 1_000)}
              series={[
                { name: "Webhooks in", tone: "in", values: points.map(({ accepted }) => accepted) },
                { name: "Invitations out", tone: "out", values: points.map(sent) },
                { name: "Failed", tone: "bad", values: points.map(failed) }
              ]}
            />
          )}
        </Shown>
      </div>
    </Section>
  )
}
