import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import { InForce } from "../../../Settings.ts"

export const settings = HttpApiBuilder.group(
  Api.AdminApi,
  "settings",
  Effect.fnUntraced(function* (handlers) {
    const { settings } = yield* InForce
    return handlers.handle("get", () => settings)
  })
)
