/** Metrics by their label values, cached so that an update costs only a lookup. */
import { type Context, Effect, Metric } from "effect"

/** Only for labels with a bounded number of values: names of the configuration, tags, statuses. */
export const series = Effect.fnUntraced(function* <Label extends string>(
  metric: Metric.Metric<number, unknown>,
  ...labels: ReadonlyArray<Label>
) {
  const context: Context.Context<never> = yield* Effect.context<never>()
  const known = new Map<string, Metric.Metric<number, unknown>>()
  return (value: number, ...values: ReadonlyArray<string>): void => {
    const key = values.join("\n")
    let one = known.get(key)
    if (one === undefined) {
      const attributes = Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ""]))
      one = Metric.withAttributes(metric, attributes)
      known.set(key, one)
    }
    one.updateUnsafe(value, context)
  }
})

/** In seconds, from a millisecond to 10 s. */
export const quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** In seconds, from 0.1 s to three days, for waits for the budget. */
export const patient = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400, 259_200]

export const counter = (name: string, description: string) =>
  Metric.counter(name, { description, incremental: true })

export const gauge = (name: string, description: string, unit = "1") =>
  Metric.gauge(name, { description, attributes: { unit } })

export const seconds = (name: string, description: string, boundaries: ReadonlyArray<number>) =>
  Metric.histogram(name, { description, boundaries, attributes: { unit: "s" } })
