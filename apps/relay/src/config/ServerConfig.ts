/** `server`: where the relay listens, and how it is seen from outside. */
import { Schema } from "effect"

export const ServerConfig = Schema.Struct({
  host: Schema.optionalKey(Schema.NonEmptyString),
  port: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))),
  publicUrl: Schema.optionalKey(Schema.NonEmptyString)
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
