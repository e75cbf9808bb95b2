/**
 * Serves the OpenAPI document at `/api/openapi.json` and the API reference at `/api/docs`, from memory and without other
 * origins.
 */
import { Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import { Hex } from "effect/encoding"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiScalar } from "effect/http-api"
import { Api } from "@usher/admin"
import * as AdminServer from "@usher/admin/AdminServer"
import { alsoHead, contentPolicy } from "./Http.ts"
import * as StaticFile from "./StaticFile.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

const file = (contentType: string, content: StaticFile.Options["content"]) =>
  StaticFile.make({ content, contentType, cacheControl: "no-cache" })

const document = file("application/json", () => bytes(JSON.stringify(AdminServer.openApi())))

const script = "text/javascript; charset=utf-8"

/** The start script. The viewer adds styles at run time; this makes the policy allow them, by nonce or as properties. */
const start = file(script, () =>
  bytes(`"use strict"
const { nonce } = document.currentScript
const createElement = document.createElement
document.createElement = function (name, ...more) {
  const element = createElement.call(this, name, ...more)
  if (element.localName === "style") element.nonce = nonce
  return element
}
const { setAttribute } = Element.prototype
Element.prototype.setAttribute = function (name, value) {
  if (name === "style" && this.style) this.style.cssText = value
  else setAttribute.call(this, name, value)
}
document.addEventListener("DOMContentLoaded", () => {
  const options = {
    url: "/api/openapi.json",
    withDefaultFonts: false,
    telemetry: false,
    showDeveloperTools: "never"
  }
  window.Scalar.createApiReference(document.getElementById("reference"), options)
})
`)
)

const policyOf = (nonce: string) =>
  contentPolicy(`style-src 'nonce-${nonce}'`, "img-src 'self' data:", "font-src 'self' data:")

const pageWith = (nonce: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Usher admin API</title>
    <link rel="icon" href="/favicon.svg" />
    <script src="/api/docs/start.js" nonce="${nonce}"></script>
    <script src="/api/docs/reference.js" defer></script>
  </head>
  <body>
    <div id="reference"></div>
  </body>
</html>
`

/** Extracts the viewer from the first script of the page that Effect generates. */
const viewer = async () => {
  const page = HttpApiScalar.layer(Api.AdminApi, { path: "/" })
  const { handler, dispose } = HttpRouter.toWebHandler(page, { disableLogger: true })
  const text = await (await handler(new Request("http://usher.invalid/"))).text()
  await dispose()
  const [opening, closing] = ["<script>", "</script>"]
  const from = text.indexOf(opening) + opening.length
  return bytes(text.slice(from, text.indexOf(closing, from)))
}

const reference = file(script, viewer)

/** The paths of all documents. The first one lists the endpoints. */
export const paths = [
  "/api/docs",
  "/api/openapi.json",
  "/api/docs/start.js",
  "/api/docs/reference.js"
] as const

export const layer = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const random = yield* SecureRandom.SecureRandom
    const page = Effect.gen(function* () {
      const nonce = Hex.encode(yield* random.randomBytes(16))
      return HttpServerResponse.html(pageWith(nonce)).pipe(
        HttpServerResponse.setHeader("content-security-policy", policyOf(nonce))
      )
    })
    yield* router.addAll(alsoHead("/api/openapi.json", document))
    yield* router.addAll(alsoHead("/api/docs", page))
    yield* router.addAll(alsoHead("/api/docs/start.js", start))
    yield* router.addAll(alsoHead("/api/docs/reference.js", reference))
  })
)
