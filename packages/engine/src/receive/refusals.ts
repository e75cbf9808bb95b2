/** Refusals as problem details (RFC 9457): what happened, and what to do. */
import { ByteSize } from "effect"
import { HttpServerResponse, ProblemDetails } from "effect/http"
import type { Sender, VerificationFailed } from "@usher/signatures"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import { answerTo, type Refusal } from "./Refusal.ts"
import { headers as always } from "./responseHeaders.ts"

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

/** Of paths below `/webhooks` that no source can have. */
export const unknownPath = problem(404, "Not found", "Send webhooks to POST /webhooks/{source}.", {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer"
})

/** Who asks with another method is no sender at work, but a person or a scanner. */
export const wrongMethod = (allow: string) =>
  problem(405, "Method not allowed", "Webhooks are taken by POST at this URL.", { allow })

const titles: Record<Refusal, string> = {
  unverified: "Not verified",
  "too-large": "Too large",
  unreadable: "Unreadable",
  undecodable: "Unsupported content encoding",
  limited: "Too many requests",
  overloaded: "Overloaded",
  "not-stored": "Not stored",
  late: "Not stored in time"
}

const details: Record<Exclude<Refusal, "unverified" | "undecodable" | "too-large">, string> = {
  unreadable: "The body could not be read completely.",
  limited: "Too many requests. Send the delivery again later.",
  overloaded: "The relay is at its limit of concurrent bodies. Send the delivery again later.",
  "not-stored":
    "The delivery could not be stored and was not accepted. Send it again later; a duplicate is recognized.",
  late: "The delivery was not stored in time, but may be stored later. Send it again later; a duplicate is recognized."
}

/** Why, with what there is to say about it. */
export type Refused =
  | { readonly refusal: "unverified" | "undecodable"; readonly failed: VerificationFailed.VerificationFailed }
  | { readonly refusal: "too-large"; readonly most: ByteSize.ByteSize }
  | { readonly refusal: "limited"; /** Milliseconds. */ readonly wait: number }
  | { readonly refusal: "not-stored"; readonly error: InboxUnavailable }
  | { readonly refusal: "unreadable" | "late" | "overloaded" }

const detail = (refused: Refused): string => {
  switch (refused.refusal) {
    case "unverified":
      return `The delivery was not verified: ${refused.failed.message}`
    case "undecodable":
      return `The body can't be read: ${refused.failed.message}. Send it without Content-Encoding, or with gzip, deflate or br.`
    case "too-large":
      return `The body is larger than ${ByteSize.format(refused.most)}.`
    default:
      return details[refused.refusal]
  }
}

export const toResponse = (sender: Sender.Sender, refused: Refused) => {
  const answer = answerTo(sender, refused.refusal)
  const least = "wait" in refused ? Math.ceil(refused.wait / 1_000) : 0
  const headers: Record<string, string> = {
    ...(answer.retryAfter === undefined ? {} : { "retry-after": String(Math.max(answer.retryAfter, least)) }),
    // The rest of its body is not read.
    ...(refused.refusal === "overloaded" ? { connection: "close" } : {}),
    // RFC 9110, section 15.5.16.
    ...(answer.status === 415 ? { "accept-encoding": "gzip, deflate, br" } : {})
  }
  return problem(answer.status, titles[refused.refusal], detail(refused), headers)
}
