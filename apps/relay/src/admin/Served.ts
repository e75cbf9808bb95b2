/** The groups of the contract that this relay serves. */
import { HttpApi, HttpApiMiddleware, OpenApi } from "effect/http-api"
import {
  Audit,
  Budget,
  DeadLetters,
  Events,
  Invitations,
  Lives,
  People,
  Quarantine,
  Replays,
  Session,
  Sources,
  Spots,
  Stats,
  Tokens,
  Upkeep,
  Webhooks
} from "@usher/admin"

export const Served = HttpApi.make("usher")
  .add(
    Webhooks.group,
    Invitations.group,
    People.group,
    Replays.group,
    DeadLetters.group,
    Sources.group,
    Spots.group,
    Lives.group,
    Budget.group,
    Stats.group,
    Quarantine.group,
    Upkeep.group,
    Events.group,
    Audit.group,
    Tokens.group,
    Session.group
  )
  .middleware(HttpApiMiddleware.ProblemDetails)
  .prefix("/api")
  .annotate(OpenApi.Title, "Usher admin API")
