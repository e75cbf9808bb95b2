/**
 * What the page has asked for: kept by key, asked again when an event says that it has changed.
 */
import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryKey
} from "@tanstack/react-query"
import type { Effect } from "effect"
import { Problem } from "@usher/admin"
import { run } from "./client.ts"

/** The first part of each key: what an event can make stale. */
export type Topic =
  | "session"
  | "webhooks"
  | "invitations"
  | "people"
  | "deadLetters"
  | "sources"
  | "spots"
  | "lives"
  | "budget"
  | "stats"
  | "quarantine"
  | "mapping"
  | "audit"

/** Another try can help where nothing was answered, or where the database could not be asked. */
const isPassing = (error: Error) => error instanceof Problem.Unavailable || error.name === "HttpClientError"

/** A session that has ended leads to the sign-in, whatever asked. */
const onError = (error: Error) => {
  if (error instanceof Problem.Unauthorized) void refresh(queries, ["session"])
}

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && isPassing(error),
      staleTime: 1_000,
      placeholderData: keepPreviousData
    }
  }
})

type Key = readonly [Topic, ...ReadonlyArray<unknown>]

interface Options {
  /** What is shown while other filters are asked for: by default what was shown before. */
  readonly fresh?: boolean
  readonly enabled?: boolean
  /** Asked again after this time, even where no event tells of a change. */
  readonly everyMs?: number
}

export const useApi = <A, E>(key: Key, effect: Effect.Effect<A, E>, options: Options = {}) =>
  useQuery<A, Error, A, Key>({
    queryKey: key,
    queryFn: ({ signal }) => run(effect, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.everyMs ?? false,
    ...(options.fresh === true ? { placeholderData: () => undefined } : {})
  })

/** Something that changes the relay, after which `stale` is asked for again. */
export const useAction = <Input, A, E>(
  act: (input: Input) => Effect.Effect<A, E>,
  stale: ReadonlyArray<Topic>
) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => run(act(input)),
    onSettled: () => refresh(client, stale)
  })
}

/** Resolves once what is on the screen is up to date. */
export const refresh = async (client: QueryClient, topics: ReadonlyArray<Topic>) => {
  await Promise.all(
    topics.map((topic): Promise<void> => {
      const queryKey: QueryKey = [topic]
      return client.invalidateQueries({ queryKey }, { cancelRefetch: false })
    })
  )
}
