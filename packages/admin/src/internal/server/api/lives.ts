import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import { SpotControl } from "@usher/engine"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"

export const lives = HttpApiBuilder.group(
  Api.AdminApi,
  "lives",
  Effect.fnUntraced(function* (handlers) {
    const control = yield* SpotControl.SpotControl
    const audit = yield* AuditLog

    return handlers
      .handle("parked", () => unavailable(control.parked))
      .handle("unpark", ({ payload: { spot, liveId } }) =>
        unavailable(
          audit.around("lives.unpark", { spot, liveId })(Effect.asVoid(control.unpark(spot, liveId)))
        )
      )
  })
)
