/** How a request ended, and the response to it. Refusals are problem details (RFC 9457): what happened, and what to do. */
import { ByteSize } from "effect"
import { HttpServerResponse, ProblemDetails } from "effect/http"
import type { Handshake, VerificationFailed } from "@usher/signatures"
import type { Accepted, InboxUnavailable } from "../ports/Inbox.ts"
import type { Source } from "../source/Source.ts"
import { answerTo } from "./Refusal.ts"

/** A refusal and its reason. */
export type Refused =
  | { readonly refusal: "unverified" | "undecodable"; readonly failed: VerificationFailed.VerificationFailed }
  | { readonly refusal: "too-large"; readonly maxSize: ByteSize.ByteSize }
  | { readonly refusal: "limited"; /** Milliseconds. */ readonly wait: number }
  | { readonly refusal: "not-stored"; readonly error: InboxUnavailable }
  | { readonly refusal: "unreadable" | "late" | "overloaded" }

export type Outcome =
  | ({ readonly _tag: "Accepted" } & Accepted)
  | { readonly _tag: "Handshake"; readonly answer: Handshake.Answer }
  /** The answer to HEAD where the sender's GET has none. */
  | { readonly _tag: "Configured" }
  | { readonly _tag: "WrongMethod" }
  | ({ readonly _tag: "Refused" } & Refused)

export const refused = (why: Refused): Outcome => ({ _tag: "Refused", ...why })

/** On every response, so that a browser never guesses another media type. */
const always = { "x-content-type-options": "nosniff" } as const

const problem = (status: number, title: string, detail: string, headers?: Record<string, string>) =>
  HttpServerResponse.setHeaders(
    ProblemDetails.toResponse({ type: ProblemDetails.blankType, status, title, detail }),
    { ...always, ...headers }
  )

export const unknownSource = problem(
  404,
  "Unknown source",
  "No source of this name is configured. Check the last part of the URL against the names under `sources` in the relay's configuration."
)

/** For paths below `/webhooks` that no source can have. */
export const unknownPath = problem(404, "Not found", "Send webhooks to POST /webhooks/{source}.", {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer"
})

export const respond = (
  { sender, answer }: Source,
  outcome: Outcome
): HttpServerResponse.HttpServerResponse => {
  switch (outcome._tag) {
    case "Accepted": {
      const { status, type, body } = answer
      if (body === null) return HttpServerResponse.empty({ status, headers: always })
      const { id, duplicate } = outcome
      const text = body ?? JSON.stringify({ id, status: duplicate ? "duplicate" : "accepted" })
      return HttpServerResponse.text(text, { status, contentType: type, headers: always })
    }
    case "Handshake": {
      const { status, body, headers } = outcome.answer
      return HttpServerResponse.text(body, { status, headers: { ...always, ...headers } })
    }
    case "Configured":
      return HttpServerResponse.empty({ status: 200, headers: always })
    case "WrongMethod": {
      const asksByGet = sender.handshake === "get" || sender.handshake === "meta-subscribe"
      const allow = asksByGet ? "GET, HEAD, POST" : "HEAD, POST"
      return problem(405, "Method not allowed", "Send webhooks to this URL by POST.", { allow })
    }
    case "Refused": {
      const { status, retryAfter } = answerTo(sender, outcome.refusal)
      const minWait = "wait" in outcome ? Math.ceil(outcome.wait / 1_000) : 0
      return problem(status, ...describe(outcome), {
        ...(retryAfter === undefined ? {} : { "retry-after": String(Math.max(retryAfter, minWait)) }),
        // The relay does not read the rest of the body.
        ...(outcome.refusal === "overloaded" ? { connection: "close" } : {}),
        // RFC 9110, section 15.5.16.
        ...(status === 415 ? { "accept-encoding": "gzip, deflate, br" } : {})
      })
    }
  }
}

const describe = (refused: Refused): readonly [title: string, detail: string] => {
  switch (refused.refusal) {
    case "unverified":
      return ["Not verified", `The delivery was not verified: ${refused.failed.message}`]
    case "undecodable":
      return [
        "Unsupported content encoding",
        `The body can't be read: ${refused.failed.message}. Send it without Content-Encoding, or with gzip, deflate or br.`
      ]
    case "too-large":
      return ["Too large", `The body is larger than ${ByteSize.format(refused.maxSize)}.`]
    case "unreadable":
      return ["Unreadable", "The body could not be read completely."]
    case "limited":
      return ["Too many requests", "Too many requests. Send the delivery again later."]
    case "overloaded":
      return ["Overloaded", "The relay is at its limit of concurrent bodies. Send the delivery again later."]
    case "not-stored":
      return [
        "Not stored",
        "The delivery could not be stored and was not accepted. Send it again later; a duplicate is recognized."
      ]
    case "late":
      return [
        "Not stored in time",
        "The delivery was not stored in time, but may be stored later. Send it again later; a duplicate is recognized."
      ]
  }
}
