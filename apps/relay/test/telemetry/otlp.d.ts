/** The protobuf messages of OTLP, as its own JavaScript decodes them: it brings no types for them. */
declare module "@opentelemetry/otlp-transformer/build/src/generated/root.js" {
  interface Message {
    readonly decode: (bytes: Uint8Array) => object
    readonly toObject: (
      message: object,
      options: { readonly longs: typeof String; readonly arrays: true }
    ) => unknown
  }
  const root: {
    readonly opentelemetry: {
      readonly proto: {
        readonly collector: {
          readonly trace: { readonly v1: { readonly ExportTraceServiceRequest: Message } }
          readonly metrics: { readonly v1: { readonly ExportMetricsServiceRequest: Message } }
          readonly logs: { readonly v1: { readonly ExportLogsServiceRequest: Message } }
        }
      }
    }
  }
  export default root
}
