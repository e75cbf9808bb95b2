/** Bounds bodies and turns errors into problem details, for servers that do neither. */
import { ByteSize, Cause, Effect, type Types } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServerError, type HttpServerResponse } from "effect/http"
import { asProblem, withHeaders } from "../../ProblemResponse.ts"

/** Larger than any search, filter or mapping. */
const maxBodySize = ByteSize.mebibytes(1)

type Handle = Effect.Effect<HttpServerResponse.HttpServerResponse, Types.unhandled>

/** Turns causes with a response, such as 400, into it. Failures of the server pass on to the program. */
const recover = Effect.fnUntraced(function* <E>(cause: Cause.Cause<E>) {
  if (Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause)
  const [response] = yield* HttpServerError.causeResponse(cause)
  return response.status === 500 ? yield* Effect.failCause(cause) : response
})

/** Provide this layer to the endpoints. */
export const layer = HttpRouter.middleware((handle: Handle) =>
  handle.pipe(
    Effect.catchCause(recover),
    Effect.map((response) => withHeaders(asProblem(response))),
    Effect.provideService(HttpIncomingMessage.MaxBodySize, maxBodySize)
  )
).layer
