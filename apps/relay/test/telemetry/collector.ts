/** Takes OTLP over HTTP as a collector does, and keeps what it has decoded. */
import { Effect, Schema } from "effect"
import { createServer, type IncomingMessage } from "node:http"
import { buffer } from "node:stream/consumers"
import { gunzipSync } from "node:zlib"
import { decode } from "./otlp.ts"

const Attribute = Schema.Struct({
  key: Schema.String,
  value: Schema.Struct({
    stringValue: Schema.optionalKey(Schema.NullOr(Schema.String)),
    intValue: Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.String, Schema.Finite]))),
    boolValue: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
    doubleValue: Schema.optionalKey(Schema.NullOr(Schema.Finite))
  })
})
const attributes = Schema.Array(Attribute)
const text = Schema.optionalKey(Schema.NullOr(Schema.String))

const Span = Schema.Struct({
  traceId: Schema.String,
  spanId: Schema.String,
  parentSpanId: text,
  name: Schema.String,
  kind: Schema.Int,
  attributes,
  links: Schema.Array(Schema.Struct({ traceId: Schema.String, spanId: Schema.String }))
})
const Record = Schema.Struct({
  body: Attribute.fields.value,
  traceId: text,
  spanId: text,
  severityText: Schema.String,
  attributes
})
const resource = Schema.Struct({ attributes })

const Export = Schema.Struct({
  resourceSpans: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({ resource, scopeSpans: Schema.Array(Schema.Struct({ spans: Schema.Array(Span) })) })
    )
  ),
  resourceMetrics: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        resource,
        scopeMetrics: Schema.Array(
          Schema.Struct({ metrics: Schema.Array(Schema.Struct({ name: Schema.String, unit: text })) })
        )
      })
    )
  ),
  resourceLogs: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        resource,
        scopeLogs: Schema.Array(Schema.Struct({ logRecords: Schema.Array(Record) }))
      })
    )
  )
})

interface Received {
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly export: typeof Export.Type
}

const read = (path: string, headers: IncomingMessage["headers"], body: Buffer) => {
  const bytes = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body
  return headers["content-type"] === "application/json" ? JSON.parse(bytes.toString()) : decode(path, bytes)
}

/** Listens until the scope ends. */
export const collector = Effect.gen(function* () {
  const received: Array<Received> = []
  const server = createServer((request, response) => {
    const { url: path = "", headers } = request
    void buffer(request).then((body) => {
      received.push({ path, headers, export: Schema.decodeUnknownSync(Export)(read(path, headers, body)) })
      response.end()
    })
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () => Effect.sync(() => server.close().closeAllConnections())
  )
  const address = server.address()
  const exported = () => received.map((one) => one.export)
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    received,
    spans: () =>
      exported().flatMap(({ resourceSpans = [] }) =>
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      ),
    metrics: () =>
      exported().flatMap(({ resourceMetrics = [] }) =>
        resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
      ),
    logs: () =>
      exported().flatMap(({ resourceLogs = [] }) =>
        resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
      ),
    resources: () =>
      exported().flatMap(({ resourceSpans = [], resourceMetrics = [], resourceLogs = [] }) =>
        [...resourceSpans, ...resourceMetrics, ...resourceLogs].map(({ resource }) =>
          named(resource.attributes)
        )
      )
  }
})

/** Attributes by their names. */
export const named = (attributes: ReadonlyArray<typeof Attribute.Type>) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue)
    ])
  )
