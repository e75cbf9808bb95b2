/** How a request ended, and what is answered. */
import { HttpServerResponse } from "effect/http"
import type { Handshake, Sender } from "@usher/signatures"
import type { Accepted } from "../ports/Inbox.ts"
import type { Source } from "../source/Source.ts"
import * as refusals from "./refusals.ts"
import { headers } from "./responseHeaders.ts"

export type Outcome =
  | ({ readonly _tag: "Accepted" } & Accepted)
  | { readonly _tag: "Handshake"; readonly answer: Handshake.Answer }
  /** The answer to HEAD where GET has none. */
  | { readonly _tag: "Configured" }
  | { readonly _tag: "WrongMethod" }
  | ({ readonly _tag: "Refused" } & refusals.Refused)

export const refused = (why: refusals.Refused): Outcome => ({ _tag: "Refused", ...why })

const asksByGet = ({ handshake }: Sender.Sender) => handshake === "get" || handshake === "meta-subscribe"

export const respond = (
  { sender, answer }: Source,
  outcome: Outcome
): HttpServerResponse.HttpServerResponse => {
  switch (outcome._tag) {
    case "Accepted": {
      const { status, type, body } = answer
      if (body === null) return HttpServerResponse.empty({ status, headers })
      const { id, duplicate } = outcome
      const text = body ?? JSON.stringify({ id, status: duplicate ? "duplicate" : "accepted" })
      return HttpServerResponse.text(text, { status, contentType: type, headers })
    }
    case "Handshake": {
      const { status, body } = outcome.answer
      return HttpServerResponse.text(body, { status, headers: { ...headers, ...outcome.answer.headers } })
    }
    case "Configured":
      return HttpServerResponse.empty({ status: 200, headers })
    case "WrongMethod":
      return refusals.wrongMethod(asksByGet(sender) ? "GET, HEAD, POST" : "HEAD, POST")
    case "Refused":
      return refusals.toResponse(sender, outcome)
  }
}
