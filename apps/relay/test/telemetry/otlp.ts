/**
 * The messages of OTLP, as far as tests look at them.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-proto, whose field numbers are stable.
 */
import protobuf from "protobufjs"

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Traces { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    repeated KeyValue attributes = 9; repeated Link links = 13;
  }
  message Link { bytes trace_id = 1; bytes span_id = 2; }

  message Metrics { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
  message ScopeMetrics { repeated Metric metrics = 2; }
  message Metric { string name = 1; string unit = 3; }

  message Logs { repeated ResourceLogs resource_logs = 1; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
  message ScopeLogs { repeated LogRecord log_records = 2; }
  message LogRecord {
    string severity_text = 3; AnyValue body = 5; repeated KeyValue attributes = 6; bytes trace_id = 9; bytes span_id = 10;
  }

  message Resource { repeated KeyValue attributes = 1; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; }
  }
`)

const messages = new Map([
  ["/v1/traces", root.lookupType("Traces")],
  ["/v1/metrics", root.lookupType("Metrics")],
  ["/v1/logs", root.lookupType("Logs")]
])

/** What was posted to this path, with ids in hexadecimal as in OTLP's JSON. */
export const decode = (path: string, bytes: Uint8Array): unknown => {
  const message = messages.get(path)
  const decoded = message?.toObject(message.decode(bytes), { longs: String, arrays: true })
  return JSON.parse(
    JSON.stringify(decoded, (_, value: unknown) => (isBuffer(value) ? hex(value.data) : value))
  )
}

const isBuffer = (value: unknown): value is { readonly data: ReadonlyArray<number> } =>
  typeof value === "object" && value !== null && "type" in value && value.type === "Buffer"

const hex = (data: ReadonlyArray<number>) => Buffer.from(data).toString("hex")
