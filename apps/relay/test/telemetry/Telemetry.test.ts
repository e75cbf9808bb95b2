import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  configuration,
  deliver,
  folder,
  isolated,
  participants,
  sandbox,
  secrets,
  serve,
  until
} from "../harness.ts"
import { collector, named } from "./collector.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const senderSpan = "b7ad6b7169203331"
const traceparent = (flags: string) => ({ traceparent: `00-${traceId}-${senderSpan}-${flags}` })

/** A relay that exports as told, gets one webhook in the sender's trace, sends its invitation, and stops. */
const run = Effect.fnUntraced(function* (flags: string, variables: Readonly<Record<string, string>>) {
  const { url, ledger } = yield* sandbox
  const { url: collectorUrl, ...exported } = yield* collector
  const home = yield* folder(configuration(url, ", propagateTrace: true"))
  const relay = yield* serve(home, { ...secrets, OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl, ...variables })
  yield* deliver(relay.url, "svix", { email: "alice@example.com" }, { headers: traceparent(flags) })
  yield* participants(ledger, 1)
  yield* until(
    Effect.sync(() => relay.output.stderr),
    (log) => log.includes("invitation invited")
  )
  yield* relay.kill("SIGTERM")
  expect(yield* relay.ended).toEqual({ code: 0, signal: null })
  const { calls } = yield* ledger.state
  return { ...exported, calls, log: relay.output.stderr }
})

describe.each([
  { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", type: "application/json", encoding: undefined },
  {
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
    type: "application/x-protobuf",
    encoding: "gzip"
  }
])("exported as $type", ({ type, encoding, ...variables }) => {
  it.live("one trace goes from the sender over the stored row to the upstream's answer", () =>
    Effect.gen(function* () {
      const { received, spans, calls } = yield* run("01", {
        ...variables,
        OTEL_SERVICE_NAME: "usher-test",
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20of-the-collector",
        OTEL_TRACES_SAMPLER: "always_on"
      })
      const traces = received.filter(({ path }) => path === "/v1/traces")
      expect(traces.length).toBeGreaterThan(0)
      for (const { headers } of traces) {
        expect(headers).toMatchObject({ "content-type": type, authorization: "Bearer of-the-collector" })
      }
      expect(received.some(({ headers }) => headers["content-encoding"] === encoding)).toBe(true)

      const ours = spans().filter((span) => span.traceId === traceId)
      const one = (name: string) => {
        const found = ours.filter((span) => span.name === name)
        expect(found.map(({ name }) => name)).toEqual([name])
        return found[0]
      }
      const receive = one("Receiver.receive")
      expect(receive).toMatchObject({ parentSpanId: senderSpan, kind: 2 })
      expect(named(receive?.attributes ?? [])).toMatchObject({
        "http.request.method": "POST",
        "http.route": "/webhooks/{source}",
        "http.response.status_code": 202,
        "webhook.source": "svix"
      })
      expect(one("Mapper.map")?.parentSpanId).toBe(receive?.spanId)
      const dispatch = one("Dispatcher.dispatch")
      expect(dispatch?.parentSpanId).toBe(receive?.spanId)
      const invite = one("LiveParticipants.invite")
      expect(invite?.parentSpanId).toBe(dispatch?.spanId)
      expect(named(invite?.attributes ?? [])).toMatchObject({ "invitation.outcome": "Invited" })
      const request = one("POST /v1/lives/{liveId}/participants")
      expect(request).toMatchObject({ parentSpanId: invite?.spanId, kind: 3 })
      expect(named(request?.attributes ?? [])).toMatchObject({
        "http.request.method": "POST",
        "http.response.status_code": 201,
        "server.address": "127.0.0.1"
      })
      expect(calls.map(({ traceparent }) => traceparent)).toEqual([`00-${traceId}-${request?.spanId}-01`])
      expect(JSON.stringify(received)).not.toMatch(/alice|of-the-spot|shared-token/)
    }).pipe(isolated)
  )
})

it.live("a collector that does not answer holds up nothing, and is told of once a minute", () =>
  Effect.gen(function* () {
    const { url, ledger } = yield* sandbox
    const relay = yield* serve(yield* folder(configuration(url)), {
      ...secrets,
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_TRACES_SAMPLER: "always_on",
      OTEL_BSP_SCHEDULE_DELAY: "20"
    })
    const complaints = Effect.sync(() => relay.output.stderr.match(/traces are not exported/g)?.length ?? 0)
    const send = (name: string) => deliver(relay.url, "svix", { email: `${name}@example.com` })
    yield* send("alice")
    yield* until(complaints, (count) => count > 0)
    // What they trace is exported and refused, too.
    yield* send("bob")
    yield* send("carol")
    expect(yield* participants(ledger, 3)).toHaveLength(3)
    yield* relay.kill("SIGTERM")
    expect(yield* relay.ended).toEqual({ code: 0, signal: null })
    expect(yield* complaints).toBe(1)
  }).pipe(isolated)
)

describe("the sender's flag", () => {
  it.live("can't have a trace recorded", () =>
    Effect.gen(function* () {
      const { spans, log } = yield* run("01", { OTEL_TRACES_SAMPLER: "always_off" })
      expect(spans()).toEqual([])
      expect(log).toContain(traceId)
    }).pipe(isolated)
  )

  it.live("can't keep a trace from being recorded", () =>
    Effect.gen(function* () {
      const { spans } = yield* run("00", {
        OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "1"
      })
      const names = spans().flatMap(({ traceId: of, name }) => (of === traceId ? [name] : []))
      expect(names).toEqual(expect.arrayContaining(["Receiver.receive", "Mapper.map", "Dispatcher.dispatch"]))
    }).pipe(isolated)
  )
})

it.live("metrics and logs are exported too, with the name of the service, and logs with their trace", () =>
  Effect.gen(function* () {
    const { metrics, logs, resources } = yield* run("01", {
      OTEL_LOGS_EXPORTER: "otlp",
      OTEL_RESOURCE_ATTRIBUTES: "service.namespace=webinars"
    })
    const names = metrics().map(({ name, unit }) => `${name} ${unit}`)
    expect(names).toContain("usher_webhooks_accepted_total 1")
    expect(names).toContain("usher_webhook_answer_seconds s")
    const line = logs().find(({ body }) => body.stringValue === "invitation invited")
    expect(line).toMatchObject({ severityText: "Info", traceId })
    expect(resources().length).toBeGreaterThan(0)
    for (const resource of resources()) {
      expect(resource).toMatchObject({
        "service.name": "usher",
        "service.namespace": "webinars",
        "service.version": "0.1.0"
      })
    }
  }).pipe(isolated)
)
