/** The body of a delivery as the API shows it. Never fails. */
import { Effect, Option, Result } from "effect"
import type * as Wire from "../../Body.ts"
import { StoredBody } from "@usher/engine"
import { Body } from "@usher/signatures"

interface Stored {
  readonly headers: Readonly<Record<string, string>>
  /** The bytes as sent. */
  readonly body: Uint8Array
}

export const shown = Effect.fnUntraced(function* ({ headers, body }: Stored): Effect.fn.Return<Wire.Body> {
  const opened = Option.getOrUndefined(yield* Effect.option(StoredBody.decompressed({ headers, body })))
  const encoding = headers["content-encoding"] ?? ""
  return {
    base64: base64Of(body),
    ...(opened === undefined || opened === body
      ? {}
      : { decompressed: { encoding, base64: base64Of(opened) } }),
    ...Option.match(jsonOf(headers, opened ?? body), { onNone: () => ({}), onSome: (json) => ({ json }) })
  }
})

const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

/** Larger or deeper JSON is too expensive to show, and printers of JSON have a depth limit. */
const most = { length: 1024 * 1024, depth: 200 }

const parse: (text: string) => Option.Option<unknown> = Option.liftThrowable(Body.parseJson)

/** The parsed JSON. None if the body is not JSON, is too large, or can't be written as JSON again. */
const jsonOf = (headers: Body.Headers, bytes: Uint8Array): Option.Option<unknown> => {
  if (bytes.length > most.length) return Option.none()
  // Checked first: deep JSON is expensive to parse.
  const text = Option.filter(
    Result.getSuccess(Body.text(headers, bytes)),
    (text) => !Body.isDeeper(text, most.depth)
  )
  return Option.filter(Option.flatMap(text, parse), isWritable)
}

/** Whether all strings and keys are well-formed Unicode. */
const isWritable = (json: unknown): boolean => {
  let isWellFormed = true
  JSON.stringify(json, (name: string, value: unknown) => {
    isWellFormed &&= name.isWellFormed() && (typeof value !== "string" || value.isWellFormed())
    return value
  })
  return isWellFormed
}
