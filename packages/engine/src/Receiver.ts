/**
 * `POST /webhooks/{source}`: verify, store, answer. Nothing is mapped and nobody is called before the answer.
 */
import { ByteSize, Effect, type Layer } from "effect"
import {
  HttpIncomingMessage,
  HttpRouter,
  type HttpServerError,
  HttpServerRequest,
  HttpServerResponse,
  ProblemDetails
} from "effect/http"
import { type Delivery, Scheme, type Sender, type VerificationFailed } from "@usher/signatures"
import { Inbox, type InboxUnavailable } from "./Inbox.ts"
import { currentTraceparent, withRequestSpan } from "./internal/trace.ts"
import type { Source } from "./Source.ts"
import { Sources } from "./Sources.ts"

/**
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** What senders call, without a slash at the end: some sign it. */
  readonly publicUrl: string
  /** Longer bodies are answered with 413. Default 1 MiB. */
  readonly maxBodySize?: ByteSize.ByteSize | undefined
}

/**
 * Adds the route. Refusals are problem details (RFC 9457).
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<never, never, HttpRouter.HttpRouter | Inbox | Sources> =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const inbox = yield* Inbox
      const sources = yield* Sources
      const maxBodySize = options.maxBodySize ?? ByteSize.mebibytes(1)

      const store = Effect.fnUntraced(function* (
        source: Source,
        request: HttpServerRequest.HttpServerRequest
      ) {
        const body = new Uint8Array(yield* request.arrayBuffer)
        const { method, headers } = request
        const delivery: Delivery.Delivery = {
          method,
          url: options.publicUrl + request.originalUrl,
          headers,
          body
        }
        yield* source.verifier.verify(delivery)
        if (!isJson(body)) return notJson

        const { id, duplicate } = yield* inbox.accept({
          source: source.name,
          sender: source.sender.name,
          deliveryId: source.deliveryId(delivery),
          headers: keptHeaders(headers, source.sender),
          body,
          traceparent: yield* currentTraceparent
        })
        yield* Effect.annotateCurrentSpan({ "webhook.id": id, "webhook.duplicate": duplicate })
        return HttpServerResponse.jsonUnsafe(
          { id, status: duplicate ? "duplicate" : "accepted" },
          { status: source.sender.acknowledge.status }
        )
      })

      const receive = Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const { source: name } = yield* HttpRouter.params
        const source = (yield* sources.current).get(name ?? "")
        if (source === undefined) return unknownSource
        yield* Effect.annotateCurrentSpan("webhook.source", source.name)
        return yield* store(source, request).pipe(
          Effect.catchTags({
            VerificationFailed: (error) => refuse(error),
            InboxUnavailable: (error) => unavailable(error),
            HttpServerError: (error) => unreadable(error, maxBodySize)
          }),
          Effect.annotateLogs("webhook.source", source.name)
        )
      }).pipe(
        Effect.provideService(HttpIncomingMessage.MaxBodySize, maxBodySize),
        withRequestSpan("Receiver.receive", "/webhooks/{source}")
      )
      yield* router.add("POST", "/webhooks/:source", receive)
    })
  )

const problem = (status: number, title: string, detail: string, headers?: Record<string, string>) =>
  HttpServerResponse.setHeaders(
    ProblemDetails.toResponse({ type: ProblemDetails.blankType, status, title, detail }),
    headers ?? {}
  )

const unknownSource = problem(
  404,
  "Unknown source",
  "No source of this name is configured. Check the last part of the URL against the names under `sources` in the relay's configuration."
)

const notJson = problem(
  400,
  "Not JSON",
  "The delivery is signed rightly, but its body is not JSON. Let the sender send JSON."
)

const refuse = (error: VerificationFailed.VerificationFailed) =>
  Effect.as(
    Effect.logWarning("webhook refused").pipe(Effect.annotateLogs("reason", error.reason)),
    problem(401, "Not verified", `The delivery was not verified: ${error.message}`)
  )

const unavailable = (error: InboxUnavailable) =>
  Effect.as(
    Effect.logError("webhook not stored", error.message),
    problem(
      503,
      "Not stored",
      "The delivery could not be stored and was not accepted. Send it again later; it will not be taken twice.",
      { "retry-after": "5" }
    )
  )

const unreadable = (error: HttpServerError.HttpServerError, maxBodySize: ByteSize.ByteSize) =>
  Effect.succeed(
    error.reason._tag === "RequestParseError" && error.reason.reason === "BodyTooLarge"
      ? problem(413, "Too large", `The body is longer than ${ByteSize.format(maxBodySize)}.`)
      : problem(400, "Unreadable", "The body could not be read to its end.")
  )

const utf8 = new TextDecoder("utf-8", { fatal: true })

const isJson = (body: Uint8Array): boolean => {
  try {
    JSON.parse(utf8.decode(body))
    return true
  } catch {
    return false
  }
}

/** Names that carry a secret, a signature or a proof of identity anywhere in this field. */
const secretHeader = /authorization|cookie|signature|secret|token|hmac|password|api-?key|credential/

/** All but those, and but where this sender puts its own. */
const keptHeaders = (
  headers: Readonly<Record<string, string>>,
  { scheme }: Sender.Sender
): Record<string, string> => {
  const own = scheme.scheme === "token" ? [scheme.header] : Scheme.signatureHeaders(scheme)
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !secretHeader.test(name) && !own.includes(name))
  )
}
