/** What every endpoint needs of a server that does not bound requests: read bodies are bounded, errors are problem details. */
import { ByteSize, Cause, Effect, type Types } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServerError, type HttpServerResponse } from "effect/http"
import { asProblem, withHeaders } from "../../ProblemResponse.ts"

/** More than any search, any filter and any mapping takes. */
const maxBodySize = ByteSize.mebibytes(1)

type Handle = Effect.Effect<HttpServerResponse.HttpServerResponse, Types.unhandled>

/** Causes that stand for a response, such as 400, become one. Faults go on to the program. */
const recover = Effect.fnUntraced(function* <E>(cause: Cause.Cause<E>) {
  if (Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause)
  const [response] = yield* HttpServerError.causeResponse(cause)
  return response.status === 500 ? yield* Effect.failCause(cause) : response
})

/** Provide it with the endpoints. */
export const layer = HttpRouter.middleware((handle: Handle) =>
  handle.pipe(
    Effect.catchCause(recover),
    Effect.map((response) => withHeaders(asProblem(response))),
    Effect.provideService(HttpIncomingMessage.MaxBodySize, maxBodySize)
  )
).layer
