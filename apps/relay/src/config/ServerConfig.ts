/** `server`: where the relay listens, and how it is seen from outside. */
import { Schema } from "effect"

const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))

const PublicUrl = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s/?#]+[^\s?#]*$/u, { expected: "an http(s) URL without a query" })
)

export const ServerConfig = Schema.Struct({
  host: Schema.optionalKey(Schema.NonEmptyString).annotateKey({
    description: "the address to listen on; 0.0.0.0 for all of this machine",
    default: "127.0.0.1"
  }),
  port: Schema.optionalKey(Port).annotateKey({
    description: "the port to listen on; 0 for any that is free",
    default: 8787
  }),
  publicUrl: Schema.optionalKey(PublicUrl).annotateKey({
    description:
      "what senders call, as seen from outside: some sign it. Unless told, http:// with the host and port above",
    examples: ["https://hooks.example.com"]
  })
})

export interface Server {
  readonly host: string
  readonly port: number
  /** Without a slash at the end. */
  readonly publicUrl: string
}

export const resolve = (config: typeof ServerConfig.Type = {}): Server => {
  const { host = "127.0.0.1", port = 8787, publicUrl = `http://${host}:${port}` } = config
  return { host, port, publicUrl: publicUrl.replace(/\/+$/, "") }
}
