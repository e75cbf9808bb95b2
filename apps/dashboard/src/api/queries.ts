/** A cache of API answers by key. An event marks answers as stale, and the page loads them again. */
import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  useMutation,
  useQuery
} from "@tanstack/react-query"
import type { Effect } from "effect"
import { Problem } from "@usher/admin"
import { confirmedWithinTime, run, withinTime } from "./client.ts"

/** The topics that an event can make stale. */
export const eventTopics = [
  "webhooks",
  "invitations",
  "people",
  "deadLetters",
  "sources",
  "spots",
  "lives",
  "budget",
  "stats",
  "quarantine",
  "jobs"
] as const

/** The first part of each key. */
export type Topic = (typeof eventTopics)[number] | "session" | "mapping" | "tokens" | "audit" | "settings"

/** A retry can help when no answer came, or when the database was unavailable. */
const isPassing = (error: Error) => error instanceof Problem.Unavailable || error.name === "HttpClientError"

/** Shows the sign-in once the session has ended. */
const onError = (error: Error) => {
  if (error instanceof Problem.Unauthorized) void refresh(["session"])
}

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    // An act fails at once while the device is offline. By default, it would be done later, also if its dialog was closed.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      refetchOnReconnect: true,
      retry: (failures, error) => failures < 2 && isPassing(error),
      staleTime: 1_000,
      placeholderData: keepPreviousData
    }
  }
})

export type Key = readonly [Topic, ...ReadonlyArray<unknown>]

interface Options {
  /** Shows a placeholder while another key loads. Default: the previous key's answer. */
  readonly fresh?: boolean
  /** Loads again after this time, even without an event. */
  readonly everyMs?: number
  /** Does not load, also after an event. */
  readonly isOff?: boolean
  /** How long the answer stays in the cache when nothing shows it. Default: 5 minutes. */
  readonly keptMs?: number
}

export const useApi = <A, E>(key: Key, effect: Effect.Effect<A, E>, options: Options = {}) =>
  useQuery<A, Error, A, Key>({
    queryKey: key,
    queryFn: ({ signal }) => run(withinTime(effect), signal),
    refetchInterval: options.everyMs ?? false,
    enabled: options.isOff !== true,
    ...(options.keptMs === undefined ? {} : { gcTime: options.keptMs }),
    ...(options.fresh === true ? { placeholderData: () => undefined } : {})
  })

/** A call that changes the relay. Refreshes `stale` afterwards. */
export const useAction = <Input, A, E>(
  act: (input: Input) => Effect.Effect<A, E>,
  stale: ReadonlyArray<Topic>
) =>
  useMutation({
    mutationFn: (input: Input) => run(confirmedWithinTime(act(input))),
    onSettled: () => refresh(stale)
  })

/** Resolves when everything on the screen is up to date. */
export const refresh = (topics: ReadonlyArray<Topic>) =>
  Promise.all(
    topics.map((topic) => queries.invalidateQueries({ queryKey: [topic] }, { cancelRefetch: false }))
  )
