/** The connection that a call came on, which a fault may cut. */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { type Cause, Context, Effect, Layer } from "effect"
import type { HttpServerRequest } from "effect/http"

export class Connection extends Context.Service<
  Connection,
  {
    /** Ends the call without an answer. */
    readonly cut: (request: HttpServerRequest.HttpServerRequest) => Effect.Effect<never>
  }
>()("@usher/sandbox/Connection") {
  /** Of a server of Node: the caller sees its socket closed. */
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

  /** Of a caller in the same process, who is to look whether it `isCut`. */
  static readonly layerMemory = Layer.succeed(this, Connection.of({ cut: () => Effect.die(new Cut()) }))
}

/** What the system says of a connection that was cut. */
export class Cut {
  readonly code = "ECONNRESET"
}

export const isCut = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.some((reason) => reason._tag === "Die" && reason.defect instanceof Cut)
