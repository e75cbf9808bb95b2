import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import { Insight } from "@usher/engine"
import { unavailable } from "../problems.ts"

export const deadLetters = HttpApiBuilder.group(Api.AdminApi, "deadLetters", (handlers) =>
  Effect.map(Insight.Insight, (insight) => handlers.handle("list", () => unavailable(insight.deadLetters)))
)
