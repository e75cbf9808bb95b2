/**
 * The API's OpenAPI document at `/api/openapi.json`, and a page about it at `/api/docs`. Both come from memory, and the page
 * loads nothing from anywhere else.
 */
import { Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { Hex } from "effect/encoding"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiScalar, OpenApi } from "effect/http-api"
import { Api } from "@usher/admin"
import { alsoHead } from "../Http.ts"
import * as StaticFile from "../server/StaticFile.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

const document = StaticFile.make({
  content: () => bytes(JSON.stringify(OpenApi.fromApi(Api.AdminApi))),
  contentType: "application/json",
  cacheControl: "no-cache"
})

/** The viewer makes its styles while it runs. With this they have the nonce that the page's policy asks for. */
const start = StaticFile.make({
  content: () =>
    bytes(`"use strict"
const { nonce } = document.currentScript
const createElement = document.createElement
document.createElement = function (name, ...more) {
  const element = createElement.call(this, name, ...more)
  if (element.localName === "style") element.nonce = nonce
  return element
}
document.addEventListener("DOMContentLoaded", () => {
  const options = { url: "/api/openapi.json", withDefaultFonts: false, telemetry: false }
  window.Scalar.createApiReference(document.getElementById("reference"), options)
})
`),
  contentType: "text/javascript; charset=utf-8",
  cacheControl: "no-cache"
})

const policyOf = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; ")

const pageWith = (nonce: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Usher admin API</title>
    <script src="/api/docs/start.js" nonce="${nonce}"></script>
    <script src="/api/docs/reference.js" defer></script>
  </head>
  <body>
    <div id="reference"></div>
  </body>
</html>
`

/** The viewer that comes with Effect stands in a page of Effect's own. */
const viewer = Effect.gen(function* () {
  const router = yield* HttpRouter.make
  const page = HttpApiScalar.layer(Api.AdminApi, { path: "/" })
  yield* Effect.scoped(Layer.build(Layer.provide(page, Layer.succeed(HttpRouter.HttpRouter, router))))
  const request = HttpServerRequest.fromWeb(new Request("http://usher.invalid/"))
  const response = yield* Effect.scoped(router.asHttpEffect()).pipe(
    Effect.provideService(HttpServerRequest.HttpServerRequest, request),
    Effect.orDie
  )
  const text = yield* Effect.promise(() => HttpServerResponse.toWeb(response).text())
  const [opening, closing] = ["<script>", "</script>"]
  const from = text.indexOf(opening) + opening.length
  return bytes(text.slice(from, text.indexOf(closing, from)))
})

export const layer = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const random = yield* SecureRandom.SecureRandom
    const page = Effect.gen(function* () {
      const nonce = Hex.encode(yield* random.randomBytes(16))
      return HttpServerResponse.html(pageWith(nonce)).pipe(
        HttpServerResponse.setHeader("content-security-policy", policyOf(nonce))
      )
    })
    const script = yield* viewer
    const reference = StaticFile.make({
      content: () => script,
      contentType: "text/javascript; charset=utf-8",
      cacheControl: "no-cache"
    })
    yield* router.addAll(alsoHead("/api/openapi.json", document))
    yield* router.addAll(alsoHead("/api/docs", page))
    yield* router.addAll(alsoHead("/api/docs/start.js", start))
    yield* router.addAll(alsoHead("/api/docs/reference.js", reference))
  })
)
