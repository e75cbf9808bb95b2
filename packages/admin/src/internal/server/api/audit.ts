import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as Page from "../../../Page.ts"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"
import * as wire from "../wire.ts"

export const audit = HttpApiBuilder.group(
  Api.AdminApi,
  "audit",
  Effect.fnUntraced(function* (handlers) {
    const log = yield* AuditLog

    return handlers
      .handle("list", ({ query: { limit = Page.defaultLimit, after, what } }) =>
        unavailable(Effect.map(log.list({ limit, after, what }), (found) => wire.page(found, limit)))
      )
      .handle("verify", () => unavailable(log.verify))
  })
)
