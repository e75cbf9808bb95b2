/**
 * Serves the dashboard that `apps/dashboard` builds at `/`, from memory. Its policy allows no other origins, and no inline
 * scripts or styles.
 */
import { Effect, FileSystem, Layer, Path } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { dashboard } from "../files.ts"
import { alsoHead, contentPolicy } from "./Http.ts"
import * as StaticFile from "./StaticFile.ts"

const headers = {
  "content-security-policy": contentPolicy("style-src 'self'", "img-src 'self'"),
  "cross-origin-opener-policy": "same-origin"
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2"
}

const unbuilt = Effect.succeed(
  HttpServerResponse.text(
    "The dashboard is not built. Run `npx -y pnpm@12.21.0 page` in the relay's source directory, then reload this page.",
    { headers: { "cache-control": "no-store" } }
  )
)

export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const router = yield* HttpRouter.HttpRouter
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    if (!(yield* files.exists(`${dashboard}/index.html`))) return yield* router.addAll(alsoHead("/", unbuilt))

    const add = Effect.fnUntraced(function* (route: `/${string}`, file: string, cacheControl: string) {
      const content = yield* files.readFile(`${dashboard}/${file}`)
      const contentType = types[path.extname(file)] ?? "application/octet-stream"
      const answer = StaticFile.make({ content: () => content, contentType, cacheControl, headers })
      yield* router.addAll(alsoHead(route, answer))
    })
    yield* add("/", "index.html", "no-cache")
    yield* add("/favicon.svg", "favicon.svg", "max-age=3600")
    for (const name of yield* files.readDirectory(`${dashboard}/assets`)) {
      // File names contain a hash of the content.
      yield* add(`/assets/${name}`, `assets/${name}`, "public, max-age=31536000, immutable")
    }
  })
)
