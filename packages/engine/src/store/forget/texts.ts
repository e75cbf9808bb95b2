/** Searches a stored delivery for a person: headers, body and target, after decoding. */
import { Effect, Option, Result } from "effect"
import { Body } from "@usher/signatures"
import * as StoredBody from "../../source/StoredBody.ts"
import type { Mention } from "./mention.ts"
import { spellings } from "./spellings.ts"

/** Texts up to this length are searched without a pause. */
const maxStep = 32_768

/** Whether a short text names the person in any spelling. */
export const isNamedIn = ({ isIn }: Mention, text: string | null): boolean => {
  if (text === null) return false
  for (const spelling of spellings(text)) if (isIn(spelling)) return true
  return false
}

/** Whether one of the texts names the person in any spelling. Yields between the readings of a long text. */
export const isNamed = Effect.fnUntraced(function* ({ isIn }: Mention, texts: Iterable<string>) {
  for (const text of texts) {
    for (const spelling of spellings(text)) {
      if (isIn(spelling)) return true
      if (spelling.length > maxStep) yield* Effect.yieldNow
    }
  }
  return false
})

export interface BodyTexts {
  readonly texts: ReadonlyArray<string>
  /** Whether the body could not be decompressed; it is searched as it is. */
  readonly isUnreadable: boolean
}

/** The decompressed body as text; for a form, also its fields. */
export const textsOfBody = (
  headers: Readonly<Record<string, string>>,
  body: Uint8Array
): Effect.Effect<BodyTexts> =>
  Effect.map(Effect.option(StoredBody.decompressed({ headers, body })), (opened) => {
    const bytes = Option.getOrElse(opened, () => body)
    const fields = isForm(headers) ? Option.toArray(Result.getSuccess(Body.toJson(headers, bytes))) : []
    return { texts: [...textOf(headers, bytes), ...fields], isUnreadable: Option.isNone(opened) }
  })

/** A body that is not in its declared charset may be in another. */
const textOf = (headers: Readonly<Record<string, string>>, bytes: Uint8Array): ReadonlyArray<string> =>
  Result.match(Body.text(headers, bytes), {
    onSuccess: (text) => [text],
    onFailure: () => [Buffer.from(bytes).toString("utf8"), Buffer.from(bytes).toString("latin1")]
  })

const isForm = (headers: Readonly<Record<string, string>>): boolean =>
  /^\s*(?:application\/x-www-form-urlencoded|multipart\/)/i.test(headers["content-type"] ?? "")

/** A path and its query, in which `+` is a space. */
export const textsOfTarget = (target: string): ReadonlyArray<string> => {
  const at = target.indexOf("?")
  if (at === -1) return [target]
  const query = target
    .slice(at + 1)
    .replaceAll("+", " ")
    .replaceAll("&", "\n")
  return [target, query.replaceAll(/^([^=\n]*)=/gm, "$1\n")]
}
