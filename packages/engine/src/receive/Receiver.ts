/**
 * `POST /webhooks/{source}`: verifies, stores and acknowledges deliveries. Mapping and upstream calls happen after the
 * response. HEAD confirms that the source is configured. GET is for senders that send a handshake before they deliver.
 */
import { ByteSize, Cause, Clock, Duration, Effect, Function, type Layer, type Tracer } from "effect"
import { HttpRouter, type HttpServerError, type HttpServerRequest } from "effect/http"
import type { Delivery, VerificationFailed } from "@usher/signatures"
import { Inbox, type InboxUnavailable, acceptTimeout } from "../ports/Inbox.ts"
import { monotonic } from "../runtime/monotonic.ts"
import { inRequestSpan, traceparentOf } from "../runtime/trace.ts"
import { ofCause, Troubles } from "../runtime/Troubles.ts"
import * as headers from "../source/headers.ts"
import type { Limit, Source } from "../source/Source.ts"
import { Sources } from "../source/Sources.ts"
import { makeBudget, readBody, type TooManyBodies } from "./body.ts"
import { clientOf, limits } from "./clients.ts"
import { handshake } from "./handshake.ts"
import { reasonOf, receiving } from "./metrics.ts"
import { open, verify } from "./opening.ts"
import { type Outcome, refused, type Refused, respond, unknownPath, unknownSource } from "./responses.ts"
import { Quarantine } from "./Quarantine.ts"
import { make as makeRepeats } from "./repeats.ts"

/**
 * How the relay receives requests of senders.
 *
 * @category options
 */
export interface Options {
  /** The URL that senders call, without a trailing slash. Some senders sign it. */
  readonly publicUrl: string
  /** The longest body that the relay accepts. Default: 1 MiB. */
  readonly maxBodySize?: ByteSize.ByteSize | undefined
  /**
   * Time to answer, counted from when the body has been read. At most half a second less than the sender waits. Default: 2.5
   * seconds.
   */
  readonly deadline?: Duration.Duration | undefined
  /**
   * The rate and burst of requests from one address that are not verified deliveries. Beyond it, the relay refuses
   * requests of the address before it reads their bodies. Default: 10 per second, burst 200.
   */
  readonly refusals?: Limit | undefined
  /**
   * The total size of the bodies that are being read. Beyond it, the relay refuses requests. One body always fits.
   * Default: 64 MiB.
   */
  readonly maxBodyTotal?: ByteSize.ByteSize | undefined
}

type Request = HttpServerRequest.HttpServerRequest

type Failure =
  | VerificationFailed.VerificationFailed
  | InboxUnavailable
  | HttpServerError.HttpServerError
  | TooManyBodies
  | Cause.TimeoutError

type Refusal = Extract<Outcome, { readonly _tag: "Refused" }>

/**
 * Adds the routes. The `Quarantine` keeps deliveries that do not verify.
 *
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<never, never, HttpRouter.HttpRouter | Inbox | Quarantine | Sources> =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const inbox = yield* Inbox
      const sources = yield* Sources
      const metrics = yield* receiving
      const quarantine = yield* Quarantine
      const clock = yield* Clock.Clock
      const limit = limits(options.refusals ?? { perSecond: 10, burst: 200 }, clock)
      const troubles = yield* Troubles
      const repeats = makeRepeats()
      const maxBodySize = options.maxBodySize ?? ByteSize.mebibytes(1)
      const maxBodyTotal = options.maxBodyTotal ?? ByteSize.mebibytes(64)
      const bodies = makeBudget(Math.max(Number(maxBodyTotal), Number(maxBodySize)), clock)

      /** Keeps a delivery that fails in quarantine, as it was sent. */
      const orKeep = <A>(
        self: Effect.Effect<A, VerificationFailed.VerificationFailed>,
        source: Source,
        request: Request,
        delivery: Delivery.Delivery
      ) =>
        Effect.tapError(self, (failed) =>
          quarantine
            .keep({ source, delivery, target: targetOf(request), client: clientOf(request), failed })
            .pipe(
              Effect.timeout(deadlineOf(options, source)),
              Effect.catchCause((cause) => troubles.failed(ofCause("Keeping refused webhooks", cause)))
            )
        )

      const inTime = Function.memoize((source: Source) => within(deadlineOf(options, source)))

      const deliver = Effect.fnUntraced(function* (source: Source, request: Request, span: Tracer.Span) {
        const sent = deliveryOf(options, request, yield* readBody(request, maxBodySize, bodies))
        const delivery =
          sent.headers["content-encoding"] === undefined
            ? sent
            : yield* orKeep(open(sent, maxBodySize), source, request, sent)
        if (source.sender.handshake !== undefined) {
          const answer = yield* handshake(source, delivery, sent)
          if (answer !== undefined) return answer
        }

        const verifying = sent === delivery ? source.verifier.verify(sent) : verify(source, sent, delivery)
        const verified = yield* orKeep(verifying, source, request, sent)
        if (source.limit !== undefined) {
          const wait = limit.admit(source)
          if (wait > 0) return refused({ refusal: "limited", wait })
        }
        const { content, deliveryId } = source.identify(delivery, verified)
        const accepted = yield* inbox
          .accept({
            source: source.name,
            sender: source.sender.name,
            deliveryId,
            content,
            formerIds: formerIdsOf(source, sent),
            dedupeWindow: source.dedupeWindow,
            mappingVersion: source.mapping.version,
            headers: headers.kept(sent.headers, source.keptHeaders),
            body: sent.body,
            traceparent: traceparentOf(span)
          })
          .pipe(inTime(source))
        yield* troubles.worked("Storing webhooks")
        span.attribute("webhook.id", accepted.id)
        span.attribute("webhook.duplicate", accepted.duplicate)
        return { _tag: "Accepted", ...accepted } satisfies Outcome
      })

      const take = (source: Source, request: Request, span: Tracer.Span): Effect.Effect<Outcome, Failure> => {
        const { method } = request
        const wait = limit.wait(request)
        if (wait > 0) return Effect.succeed(refused({ refusal: "limited", wait }))
        if (method === "POST") return deliver(source, request, span)
        if (method !== "GET" && method !== "HEAD") return Effect.succeed<Outcome>({ _tag: "WrongMethod" })
        const asked = ask(options, source, request)
        return method === "GET" ? asked : Effect.orElseSucceed(asked, (): Outcome => ({ _tag: "Configured" }))
      }

      const note = Effect.fnUntraced(function* (source: Source, request: Request, outcome: Refusal) {
        const now = yield* monotonic
        if (countsAgainstAddress.has(outcome.refusal)) limit.count(request)
        const reason = reasonOf(outcome)
        const isStoring = outcome.refusal === "not-stored"
        if (isStoring) yield* troubles.failed(ofCause("Storing webhooks", Cause.fail(outcome.error)))
        // Rate-limited, so that a flood can't fill the log.
        const times = repeats(`${source.name} ${reason}`, now)
        if (times === 0) return
        const log = isStoring ? Effect.logError("webhook not stored") : Effect.logWarning("webhook refused")
        yield* Effect.annotateLogs(log, {
          reason,
          "webhook.source": source.name,
          ...(times === 1 ? {} : { times })
        })
      })

      // One generator function for all requests: minor collections took ten times as long with one for each request.
      // docs/decisions/0004-one-generator-function-for-all-requests.md
      const answer = Effect.fnUntraced(function* (request: Request, span: Tracer.Span) {
        const since = clock.monotonicTimeNanosUnsafe()
        const { source: name } = yield* HttpRouter.params
        const source = (yield* sources.current).get(name ?? "")
        if (source === undefined) {
          metrics.unknown()
          return unknownSource
        }
        span.attribute("webhook.source", source.name)
        const outcome = yield* Effect.catch(take(source, request, span), (failure) =>
          Effect.succeed(refused(refusalOf(failure, maxBodySize)))
        )
        if (outcome._tag === "Refused") yield* note(source, request, outcome)
        // This includes a HEAD with a wrong token.
        else if (outcome._tag === "WrongMethod" || outcome._tag === "Configured") {
          limit.count(request)
        }
        metrics.answered(source, outcome, since)
        return respond(source, outcome)
      })

      yield* router.add(
        "*",
        "/webhooks/:source",
        inRequestSpan("Receiver.receive", "/webhooks/{source}", answer)
      )
      // A sender with a wrong path still sends its token in the request.
      yield* router.add(
        "*",
        "/webhooks/*",
        inRequestSpan("Receiver.receive", "/webhooks/*", () =>
          Effect.sync(() => {
            metrics.unknown()
            return unknownPath
          })
        )
      )
    })
  )

/** Refusals that cost work for a request that is not verified. */
const countsAgainstAddress: ReadonlySet<Refusal["refusal"]> = new Set([
  "unverified",
  "undecodable",
  "too-large"
])

/** Defined here, the closure holds only these two values. */
const formerIdsOf = (source: Source, sent: Delivery.Delivery) => () => source.formerIds(sent)

const refusalOf = (failure: Failure, maxSize: ByteSize.ByteSize): Refused => {
  switch (failure._tag) {
    case "VerificationFailed":
      return {
        refusal: failure.reason === "UnreadableEncoding" ? "undecodable" : "unverified",
        failed: failure
      }
    case "InboxUnavailable":
      return { refusal: "not-stored", error: failure }
    case "TimeoutError":
      return { refusal: "late" }
    case "TooManyBodies":
      return { refusal: "overloaded" }
    case "HttpServerError":
      return failure.reason._tag === "RequestParseError" && failure.reason.reason === "BodyTooLarge"
        ? { refusal: "too-large", maxSize }
        : { refusal: "unreadable" }
  }
}

/** The requested path and query. A proxy may have changed the host before them. */
const targetOf = ({ originalUrl }: Request): string =>
  originalUrl.startsWith("http")
    ? originalUrl.slice(originalUrl.indexOf("/", "https://".length))
    : originalUrl

const deliveryOf = (options: Options, request: Request, body: Uint8Array): Delivery.Delivery => ({
  method: request.method,
  url: options.publicUrl + targetOf(request),
  headers: request.headers,
  body
})

/** Reserved, so that the sender receives the response before its timeout. */
const margin = Duration.millis(500)

const deadlineOf = (options: Options, { sender }: Source): Duration.Duration =>
  Duration.min(
    options.deadline ?? Duration.millis(2_500),
    Duration.subtract(sender.acknowledge.deadline, margin)
  )

/** The Inbox has its own time limit, and a timer for each request costs time: only a shorter deadline gets one. */
const within = (deadline: Duration.Duration) =>
  Duration.isLessThan(deadline, Duration.times(acceptTimeout, 1.2))
    ? <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | Cause.TimeoutError, R> =>
        Effect.timeout(self, deadline)
    : <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | Cause.TimeoutError, R> => self

/**
 * Some senders send a GET before they deliver. Others, and monitors, check by HEAD that the address exists. HEAD gets
 * the response of GET, or 200 if GET has none for them.
 */
const ask = (options: Options, source: Source, request: Request) =>
  Effect.map(
    handshake(source, { ...deliveryOf(options, request, new Uint8Array()), method: "GET" }),
    (answer): Outcome => answer ?? { _tag: request.method === "HEAD" ? "Configured" : "WrongMethod" }
  )
