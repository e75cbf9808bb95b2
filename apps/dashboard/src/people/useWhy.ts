/** Whether and why a person was invited. The search of bodies goes on in parts while the screen shows what is found. */
import { useQuery } from "@tanstack/react-query"
import { People } from "@usher/admin"
import { api, run, withinTime } from "../api/client.ts"
import { queries, useApi } from "../api/queries.ts"

const nextOf = (found: Pick<People.Why, "answers" | "next">, isAll: boolean) =>
  isAll ? (found.next?.after ?? null) : People.nextOf(found)

export const useWhy = (person: string, isAll: boolean) => {
  const first = useApi(["people", person], api.people.why({ payload: { person } }), { fresh: true })
  const begun = first.data
  const key = ["search", person, isAll]
  const rest = useQuery<People.Why, Error>({
    queryKey: key,
    enabled: begun !== undefined && nextOf(begun, isAll) !== null,
    // An event does not start it again, because it reads many bodies.
    staleTime: Infinity,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      if (begun === undefined) throw new Error("The first part is missing")
      const known = begun.answers
      let found: People.Why = { ...begun, answers: [], invitations: [], story: [] }
      for (let after = nextOf(begun, isAll); after !== null;) {
        const more = withinTime(api.people.why({ payload: { person, after } }))
        found = People.joined(found, await run(more, signal))
        after = nextOf({ answers: [...known, ...found.answers], next: found.next }, isAll)
        if (after !== null) queries.setQueryData(key, found)
      }
      return found
    }
  })
  const { data: more, isFetching, error } = rest
  return {
    first,
    found: begun !== undefined && more !== undefined ? People.joined(begun, more) : begun,
    isSearching: isFetching,
    error,
    again: () => void rest.refetch()
  }
}
