/** The connection of a call, which a fault can cut. */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { type Cause, Context, Effect, Layer } from "effect"
import type { HttpServerRequest } from "effect/http"

export class Connection extends Context.Service<
  Connection,
  {
    /** Ends the call without a response. */
    readonly cut: (request: HttpServerRequest.HttpServerRequest) => Effect.Effect<never>
  }
>()("@usher/sandbox/Connection") {
  /** For a Node server: closes the socket of the caller. */
  static readonly layerNode = Layer.succeed(
    this,
    Connection.of({
      cut: (request) =>
        Effect.andThen(
          Effect.sync(() => NodeHttpServerRequest.toServerResponse(request).destroy()),
          Effect.never
        )
    })
  )

  /** For a caller in the same process, which checks `isCut`. */
  static readonly layerMemory = Layer.succeed(this, Connection.of({ cut: () => Effect.die(new Cut()) }))
}

/** The error of a cut connection. */
export class Cut {
  readonly code = "ECONNRESET"
}

export const isCut = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.some((reason) => reason._tag === "Die" && reason.defect instanceof Cut)
