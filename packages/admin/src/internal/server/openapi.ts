/** The OpenAPI document of the API: the contract, with a server, a license, and descriptions of groups and operations. */
import { Predicate } from "effect"
import { HttpApi, OpenApi } from "effect/http-api"
import { AdminApi } from "../../Api.ts"
import { required } from "./Authorization.ts"

/** What the endpoints of each group do, in the order of the document. */
const groups: Readonly<Record<string, string>> = {
  webhooks: "Search the stored webhooks, and read one with its request and its invitations.",
  invitations:
    "Search the invitations, and read one with its attempts. An invitation is for one person and one Live.",
  people: "Explain why a person was or was not invited, and forget a person.",
  search: "Find by an id, a delivery id, a trace id, or a part of an address.",
  replays: "Send finished invitations again, and map webhooks again, each after a plan.",
  cancellations: "Cancel pending invitations, after a plan.",
  jobs: "Replays, mappings and cancellations that go on after the request and after a restart: begin, pause, resume, stop.",
  imports: "Invite people from a list.",
  deadLetters: "Failed invitations by cause.",
  sources: "The configured origins of webhooks. A paused source accepts webhooks and holds them.",
  spots: "The MeltingSpot workspaces. A paused Spot sends nothing.",
  lives: "The Lives with the counts of their invitations. Export their people, and resume a parked Live.",
  budget: "The calls that are spent and left, and when the backlog will be sent.",
  stats: "The current state, and counts over time.",
  quarantine: "Deliveries that failed verification: diagnose, release or discard them.",
  mapping: "The mapping rules of a source, and trials of other rules on stored webhooks.",
  upkeep: "Delete old data, and reload the configuration.",
  settings: "The configuration in force.",
  events: "Changes as a stream of server-sent events.",
  audit: "Who did what, as a chain of hashes.",
  tokens: "Tokens for this API, and the sessions of the dashboard.",
  session: "Sign in to the dashboard, and out."
}

type Json = Record<string, unknown>

const scopes = new Map<string, string>()
HttpApi.reflect(AdminApi, {
  onGroup: () => {},
  onEndpoint: ({ endpoint, group }) => {
    // A sign-in has no caller yet.
    if (endpoint.identifier !== "signIn") {
      scopes.set(`${group.identifier}.${endpoint.identifier}`, required(endpoint))
    }
  }
})

const describe = (document: Json): Json => ({
  ...document,
  info: { ...Object(document["info"]), contact: { name: "The operators of this relay" } },
  tags: Array.from<Json, Json>(Object(document["tags"]), (tag) => ({
    ...tag,
    description: groups[String(tag["name"])]
  })),
  paths: mapValues(document["paths"], (item) => mapValues(item, describeOperation))
})

/** Adds the scope that an operation requires to its description, or else to its summary. */
const describeOperation = (value: unknown): unknown => {
  if (!Predicate.hasProperty(value, "operationId")) return value
  const { description, summary } = Object(value)
  const scope = scopes.get(String(value.operationId))
  const requires = scope === undefined ? "Requires no session." : `Requires the scope ${scope}.`
  return { ...value, description: `${description ?? `${summary}.`} ${requires}` }
}

const mapValues = (record: unknown, change: (value: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(Object(record)).map(([name, value]) => [name, change(value)]))

/** The API with these additions. */
export const documented = AdminApi.annotate(OpenApi.Servers, [
  { url: "/", description: "The relay that serves this document" }
])
  .annotate(OpenApi.License, { name: "MIT", url: "https://spdx.org/licenses/MIT.html" })
  .annotate(OpenApi.Transform, describe)
