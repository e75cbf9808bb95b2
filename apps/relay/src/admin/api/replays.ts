import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "@usher/admin"
import { Inbox } from "@usher/engine"
import { AuditLog } from "../AuditLog.ts"
import { unavailable, unavailableStream } from "../problems.ts"
import { progress } from "../progress.ts"
import * as wire from "../wire.ts"

export const replays = HttpApiBuilder.group(
  Api.AdminApi,
  "replays",
  Effect.fnUntraced(function* (handlers) {
    const inbox = yield* Inbox.Inbox
    const audit = yield* AuditLog

    return handlers
      .handle("plan", ({ payload }) => unavailable(Effect.map(inbox.plan(payload), wire.plan)))
      .handle("invitations", ({ payload }) =>
        unavailable(
          Effect.map(audit.begin("replays.invitations", payload), (end) =>
            unavailableStream(progress(inbox.replay(payload), end))
          )
        )
      )
      .handle("webhooks", ({ payload }) =>
        unavailable(
          Effect.map(audit.begin("replays.webhooks", payload), (end) =>
            unavailableStream(progress(inbox.remap(payload), end))
          )
        )
      )
  })
)
