/** The body of a delivery as the API shows it. Never fails. */
import { Effect, Option, Result } from "effect"
import type * as Wire from "../../Body.ts"
import { StoredBody } from "@usher/engine"
import { Body } from "@usher/signatures"
import * as ExactJson from "@usher/signatures/ExactJson"

interface Stored {
  readonly headers: Readonly<Record<string, string>>
  /** The bytes as sent. */
  readonly body: Uint8Array
}

export const shown = Effect.fnUntraced(function* ({ headers, body }: Stored): Effect.fn.Return<Wire.Body> {
  const opened = Option.getOrElse(
    yield* Effect.option(StoredBody.decompressed({ headers, body })),
    () => body
  )
  const encoding = headers["content-encoding"] ?? ""
  const text = Option.getOrUndefined(jsonText(headers, opened))
  return {
    ...(text === undefined ? {} : { text }),
    ...(text !== undefined && Buffer.from(text).equals(body) ? {} : { base64: base64Of(body) }),
    ...(opened === body
      ? {}
      : { decompressed: { encoding, ...(text === undefined ? { base64: base64Of(opened) } : {}) } })
  }
})

const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

/** Larger or deeper JSON is too expensive to parse and to show, and printers of JSON have a depth limit. */
const most = { length: 1024 * 1024, depth: 200 }

const isJson = (text: string) => Option.isSome(Option.liftThrowable(ExactJson.parse)(text))

/** The text of a body that is JSON and not too large. */
const jsonText = (headers: Body.Headers, bytes: Uint8Array): Option.Option<string> => {
  if (bytes.length > most.length) return Option.none()
  const text = Result.getSuccess(Body.text(headers, bytes))
  // Depth is checked first: deep JSON is expensive to parse.
  return Option.filter(text, (text) => !Body.isDeeper(text, most.depth) && isJson(text))
}
