/**
 * Internal server errors. Each one gets problem details (RFC 9457) with an id, a log line with the same id, and a metric.
 */
import { Cause, Effect, Metric, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import {
  HttpRouter,
  HttpServerError,
  HttpServerRequest,
  type HttpServerResponse,
  ProblemDetails
} from "effect/http"
import { asProblem, withHeaders } from "@usher/admin/ProblemResponse"

const failures = Metric.counter("usher_http_failures_total", {
  description: "Requests that the relay failed to answer, by route",
  incremental: true
})

/** The declared route, because the actual path may name people. */
const patternOf = Effect.map(
  Effect.serviceOption(HttpRouter.RouteContext),
  Option.match({ onNone: () => "", onSome: ({ route }) => route.path as string })
)

/** The Receiver answers 500 by design to senders that give up after a 503, and logs and counts it itself. */
const receiver = "/webhooks/:source"

/** Must be the innermost middleware, so that it sees each response. Provide it to all routes. */
export const layer = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const random = yield* SecureRandom.SecureRandom

    const fail = Effect.fnUntraced(function* (cause: Cause.Cause<unknown> | undefined) {
      const id = `err_${yield* random.ulid}`
      const { method } = yield* HttpServerRequest.HttpServerRequest
      const route = yield* patternOf
      yield* Metric.update(Metric.withAttributes(failures, { route }), 1)
      yield* Effect.annotateLogs(Effect.logError("The relay failed to answer a request"), {
        id,
        "http.request.method": method,
        "http.route": route,
        ...(cause === undefined ? {} : describe(cause))
      })
      return problem(id)
    })

    const answer = (response: HttpServerResponse.HttpServerResponse) =>
      response.status !== 500
        ? Effect.succeed(response)
        : Effect.flatMap(patternOf, (route) =>
            route === receiver ? Effect.succeed(response) : fail(undefined)
          )

    /** Causes with a response, such as 404 or 400, are not failures. */
    const recover = Effect.fnUntraced(function* <E>(cause: Cause.Cause<E>) {
      if (Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause)
      const [response] = yield* HttpServerError.causeResponse(cause)
      return response.status === 500 ? yield* fail(cause) : withHeaders(asProblem(response))
    })

    yield* router.addGlobalMiddleware((handle) =>
      Effect.matchCauseEffect(handle, { onFailure: recover, onSuccess: answer })
    )
  })
)

const problem = (id: string) =>
  withHeaders(
    ProblemDetails.toResponse({
      type: "urn:usher:problem:failure",
      status: 500,
      title: "Internal server error",
      detail: `The relay failed. To find the cause, search its log for ${id}.`,
      id
    })
  )

/** The maximum number of stack frames in the log. */
const depth = 8

/** The type and the stack of the error. Its message is left out, because it may quote the request. */
const describe = (cause: Cause.Cause<unknown>): Readonly<Record<string, unknown>> => {
  const error = Cause.squash(cause)
  if (!(error instanceof Error)) return { "error.type": typeof error }
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line))
  return {
    "error.type": "_tag" in error ? String(error._tag) : error.name,
    "error.at": frames.slice(0, depth).map((frame) => frame.trim().slice("at ".length))
  }
}
