/** Reports the mistakes in a request, and refuses keys that its endpoint does not know. */
import { Cause, Effect, ErrorReporter, Layer, Predicate } from "effect"
import { HttpServerRequest, HttpServerRespondable } from "effect/http"
import { type HttpApiEndpoint, HttpApiError, HttpApiMiddleware } from "effect/http-api"
import * as Exact from "../../Exact.ts"
import { find, type Problem } from "../../SchemaErrors.ts"
import { hasBody } from "./sameOrigin.ts"

/** Longer keys of the caller are truncated. */
const maxKeyLength = 100

/** The maximum number of problems in a response. */
const maxProblems = 10

const slots: Readonly<Record<string, string>> = {
  Params: "the path",
  Query: "the query",
  Payload: "the body"
}

/** Turns an index into a number. */
const step = (key: string) => (/^\d{1,9}$/.test(key) ? Number(key) : key)

/** A 400 that names each key and its problem. */
const badRequest = (kind: string, problems: ReadonlyArray<Problem>) => {
  const where = slots[kind] ?? kind
  const listed = problems.slice(0, maxProblems).map(({ path, reason }) => ({
    path: path.map((step) => step.slice(0, maxKeyLength)),
    reason
  }))
  const sentences = listed.map(
    ({ path, reason }) => `${path.length === 0 ? where : `${path.join(".")} in ${where}`}: ${reason}`
  )
  return new HttpApiError.BadRequestProblem({
    detail: sentences.join("; "),
    errors: listed.map(({ path, reason }) => ({
      path: [kind.toLowerCase(), ...path.map(step)],
      message: reason
    }))
  })
}

/** A response that can't be encoded is a failure of the relay: report it without details for the client. */
const layerProblems = HttpApiMiddleware.layerSchemaErrorTransform(HttpApiMiddleware.ProblemDetails, (error) =>
  error.kind === "Body" || error.kind === "ResponseHeaders"
    ? Effect.andThen(
        ErrorReporter.report(Cause.fail(error)),
        HttpServerRespondable.toResponse(new HttpApiError.InternalServerErrorProblem())
      )
    : Effect.fail(badRequest(error.kind, find(error.cause.issue)))
)

const isParsed = (endpoint: HttpApiEndpoint.Top) => endpoint.payload.size > 0

/** The keys of a body. Undefined if it is not an object. */
const keysIn = (text: string): ReadonlyArray<string> | undefined => {
  if (text.trim() === "") return []
  try {
    const value: unknown = JSON.parse(text)
    return Predicate.isObject(value) ? Object.keys(value) : undefined
  } catch {
    return undefined
  }
}

/** The problem with a request that has a query or a body which its endpoint does not take. */
const surplus = Effect.fnUntraced(function* (endpoint: HttpApiEndpoint.Top) {
  const request = yield* HttpServerRequest.HttpServerRequest
  if (endpoint.query === undefined) {
    const [name] = Object.keys(yield* HttpServerRequest.ParsedSearchParams)
    if (name !== undefined) {
      const reason = `unknown key; this endpoint takes no query parameters${isParsed(endpoint) ? ": send it in the body" : ""}`
      return badRequest("Query", [{ path: [name], reason }])
    }
  }
  if (isParsed(endpoint) || request.method === "GET" || request.method === "HEAD" || !hasBody(request)) return
  const keys = keysIn(yield* Effect.orDie(request.text))
  if (keys === undefined) return badRequest("Payload", [{ path: [], reason: "this endpoint takes no body" }])
  const [key] = keys
  return key === undefined
    ? undefined
    : badRequest("Payload", [{ path: [key], reason: "unknown key; this endpoint takes no body" }])
})

const layerExact = Layer.succeed(
  Exact.Exact,
  Exact.Exact.of((handle, { endpoint }) =>
    Effect.flatMap(surplus(endpoint), (problem) =>
      problem === undefined ? handle : HttpServerRespondable.toResponse(problem)
    )
  )
)

export const layer = Layer.merge(layerExact, layerProblems)
