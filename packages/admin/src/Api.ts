/**
 * The relay's admin API: all groups, at `/api`. For a client: `HttpApiClient.make(AdminApi, { baseUrl })` of
 * `effect/http-api`.
 */
import { HttpApi, HttpApiMiddleware, OpenApi } from "effect/http-api"
import { Authorization } from "./Access.ts"
import * as Audit from "./Audit.ts"
import * as Budget from "./Budget.ts"
import * as Cancellations from "./Cancellations.ts"
import * as DeadLetters from "./DeadLetters.ts"
import * as Events from "./Events.ts"
import * as Exact from "./Exact.ts"
import * as Imports from "./Imports.ts"
import * as Invitations from "./Invitations.ts"
import * as Jobs from "./Jobs.ts"
import * as Lives from "./Lives.ts"
import * as Mapping from "./Mapping.ts"
import * as People from "./People.ts"
import * as Quarantine from "./Quarantine.ts"
import * as Replays from "./Replays.ts"
import * as Search from "./Search.ts"
import * as Session from "./Session.ts"
import * as Settings from "./Settings.ts"
import * as Sources from "./Sources.ts"
import * as Spots from "./Spots.ts"
import * as Stats from "./Stats.ts"
import * as Tokens from "./Tokens.ts"
import * as Upkeep from "./Upkeep.ts"
import * as Webhooks from "./Webhooks.ts"

/**
 * The complete API, for a client or a server.
 *
 * @category api
 */
export class AdminApi extends HttpApi.make("usher")
  .add(
    Webhooks.group,
    Invitations.group,
    People.group,
    Search.group,
    Replays.group,
    Cancellations.group,
    Jobs.group,
    Imports.group,
    DeadLetters.group,
    Sources.group,
    Spots.group,
    Lives.group,
    Budget.group,
    Stats.group,
    Quarantine.group,
    Mapping.group,
    Upkeep.group,
    Settings.group,
    Events.group,
    Audit.group,
    Tokens.group
  )
  .middleware(Exact.Exact)
  .middleware(Authorization)
  // Without these middlewares: a sign-in has no caller yet.
  .add(Session.group)
  .middleware(HttpApiMiddleware.ProblemDetails)
  .annotate(HttpApi.PayloadParseOptions, Exact.parseOptions)
  .annotate(HttpApi.QueryParseOptions, Exact.parseOptions)
  .prefix("/api")
  .annotate(OpenApi.Title, "Usher admin API")
  .annotate(OpenApi.Version, "0.1.0")
  .annotate(
    OpenApi.Description,
    "Inspect and operate a relay. Errors are problem details (RFC 9457). Sign in with a bearer token."
  ) {}
