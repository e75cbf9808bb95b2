/** Tells browsers to use only https (RFC 6797), on responses over https. */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { connectionOf } from "./sameOrigin.ts"

/** A year. */
const policy = "max-age=31536000"

export const layer = (publicUrl: string) =>
  publicUrl.startsWith("https:")
    ? HttpRouter.middleware(
        (handle) =>
          Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
            connectionOf(request, publicUrl) === "https"
              ? Effect.map(handle, HttpServerResponse.setHeader("strict-transport-security", policy))
              : handle
          ),
        { global: true }
      )
    : Layer.empty
