/** The groups of the contract that this relay serves. */
import { HttpApi, HttpApiMiddleware, OpenApi } from "effect/http-api"
import { Audit, Invitations, People, Replays, Session, Tokens, Upkeep, Webhooks } from "@usher/admin"

export const Served = HttpApi.make("usher")
  .add(
    Webhooks.group,
    Invitations.group,
    People.group,
    Replays.group,
    Upkeep.group,
    Audit.group,
    Tokens.group,
    Session.group
  )
  .middleware(HttpApiMiddleware.ProblemDetails)
  .prefix("/api")
  .annotate(OpenApi.Title, "Usher admin API")
