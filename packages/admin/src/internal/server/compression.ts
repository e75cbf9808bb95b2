/** Compresses answers of 1 KiB or more for callers that accept gzip. */
import { Effect } from "effect"
import { HttpMiddleware, HttpPlatform, HttpRouter } from "effect/http"

/** Events and exports are streams of other types: they are sent as they come. */
const isCompressible = (contentType: string): boolean =>
  /^application\/(?:problem\+)?json\b/.test(contentType)

const compress = HttpMiddleware.compression({ algorithms: ["gzip"], compressible: isCompressible })

/** Provide this layer to the endpoints. */
export const layer = HttpRouter.middleware(
  Effect.map(
    HttpPlatform.HttpPlatform,
    (platform) => (handle) => Effect.provideService(compress(handle), HttpPlatform.HttpPlatform, platform)
  )
).layer
