/**
 * The operator's page at `/`, as it was built by `apps/dashboard`. It loads nothing from anywhere else, runs no script
 * and takes no style that stands in the document itself.
 */
import { Effect, FileSystem, Layer } from "effect"
import {
  HttpMiddleware,
  HttpRouter,
  HttpServerRespondable,
  HttpServerResponse,
  HttpStaticServer
} from "effect/http"
import { fileURLToPath } from "node:url"
import { alsoHead } from "./Http.ts"

const built = fileURLToPath(new URL("../../dashboard/dist", import.meta.url))

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

const guarded = HttpServerResponse.setHeaders({
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
})

const compressed = HttpMiddleware.compression({ levels: { br: 6 } })

const unbuilt = Effect.succeed(
  HttpServerResponse.text(
    "The page is not built: run `npx -y pnpm@12.21.0 page` where this relay's sources are, then load this address again.",
    { headers: { "cache-control": "no-store" } }
  )
)

const serve = (root: string, cacheControl: string) =>
  Effect.map(HttpStaticServer.make({ root, cacheControl }), (files) =>
    files.pipe(Effect.catch(HttpServerRespondable.toResponse), Effect.map(guarded), compressed)
  )

export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const router = yield* HttpRouter.HttpRouter
    const files = yield* FileSystem.FileSystem
    if (!(yield* files.exists(`${built}/index.html`))) return yield* router.addAll(alsoHead("/", unbuilt))
    yield* router.addAll(alsoHead("/", yield* serve(built, "no-cache")))
    yield* router.addAll(alsoHead("/favicon.svg", yield* serve(built, "max-age=3600")))
    // Their names change with what they say.
    yield* router
      .prefixed("/assets")
      .addAll(alsoHead("/*", yield* serve(`${built}/assets`, "public, max-age=31536000, immutable")))
  })
)
