/** What the draft would change, on the stored webhooks that the filter selects. */
import { type UseInfiniteQueryResult, type InfiniteData, useInfiniteQuery } from "@tanstack/react-query"
import { Mapping as Wire, Problem } from "@usher/admin"
import { api, run, withinTime } from "../api/client.ts"
import { Button } from "../parts/Button.tsx"
import { useSearchFilter } from "../parts/Filters.tsx"
import { count, plural } from "../parts/number.ts"
import { Section } from "../parts/Page.tsx"
import { useQuestion } from "../parts/Planned.tsx"
import { Shown } from "../parts/Shown.tsx"
import { Exact } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { remapOf, remappable } from "../webhooks/plans.tsx"
import { statuses } from "./statuses.ts"
import { isOtherReason, Trials } from "./Trials.tsx"

/** The webhooks that one call tries. */
const partSize = 500

type Parts = InfiniteData<Wire.Part>

export const useTrials = (source: string, rules: Wire.Rules) => {
  const filter = useSearchFilter(statuses)
  return useInfiniteQuery<Wire.Part, Error, Parts, ReadonlyArray<string>, string | undefined>({
    queryKey: ["mapping", source, JSON.stringify(rules), JSON.stringify(filter)],
    initialPageParam: undefined,
    queryFn: ({ signal, pageParam }) => {
      const after = pageParam === undefined ? {} : { after: pageParam }
      const part = api.mapping.try({ payload: { source, rules, ...filter, ...after, limit: partSize } })
      return run(withinTime(part), signal)
    },
    getNextPageParam: ({ next }) => next ?? undefined
  })
}

interface Props {
  readonly query: UseInfiniteQueryResult<Parts>
  readonly source: string
  readonly spot: string
  /** The preview is of changed rules, and not of those in force. */
  readonly isDraft: boolean
}

export const Preview = ({ query, source, spot, isDraft }: Props) => (
  <Section title="Changes">
    {query.error instanceof Problem.Invalid ? (
      <p className="note tone-bad" role="alert">
        {query.error.problems.join("\n")}
      </p>
    ) : (
      <Shown query={query} waiting="rows">
        {({ pages }) => (
          <div aria-busy={query.isFetching}>
            <Totals parts={pages} />
            {query.hasNextPage && (
              <Button isDisabled={query.isFetching} onPress={() => void query.fetchNextPage()}>
                Try older webhooks
              </Button>
            )}
            <MapAgain parts={pages} source={source} isDraft={isDraft} />
            <Trials trials={pages.flatMap(({ trials }) => trials)} spot={spot} />
          </div>
        )}
      </Shown>
    )}
  </Section>
)

const sum = (parts: ReadonlyArray<Wire.Part>, of: (part: Wire.Part) => number) =>
  parts.reduce((total, part) => total + of(part), 0)

const Totals = ({ parts }: { readonly parts: ReadonlyArray<Wire.Part> }) => {
  const looked = sum(parts, (part) => part.looked)
  const trials = parts.flatMap(({ trials }) => trials)
  const { added, lost, changed } = Wire.peopleOf(trials)
  const otherReasons = trials.filter(isOtherReason).length
  const unchanged = sum(parts, ({ same }) => same) + otherReasons
  const differs = sum(parts, ({ differs }) => differs) - otherReasons
  const last = parts.at(-1)
  return (
    <>
      <p className="verdict" role="status">
        {looked === 0 && last?.next === null
          ? "No matching webhook of this source has a stored body."
          : `${plural(looked, "webhook")}: ${count(unchanged)} unchanged, ${count(differs)} changed, ${count(sum(parts, ({ fails }) => fails))} failed. People: ${count(added)} added, ${count(lost)} lost, ${count(changed)} with another invitation.`}
      </p>
      {last?.searchedTo && (
        <p className="hint" role="status">
          Searched so far: everything since <Exact at={last.searchedTo} />. Older webhooks are not counted
          yet.
        </p>
      )}
    </>
  )
}

interface MapAgainProps extends Pick<Props, "source" | "isDraft"> {
  readonly parts: ReadonlyArray<Wire.Part>
}

const MapAgain = ({ parts, source, isDraft }: MapAgainProps) => {
  const { ask, question } = useQuestion()
  const { status, ...times } = useSearchFilter(statuses)
  const mayAct = useMayAct()
  const outdated = sum(parts, (part) => part.outdated)
  const mapped = remappable.filter((one) => status === undefined || status.some((given) => given === one))
  return (
    <>
      {mayAct && outdated > 0 && (
        <div className="again">
          <p className="hint">
            {plural(outdated, "webhook")} of these {outdated === 1 ? "is" : "are"} unmappable, or mapped by
            other rules than those in force. Mapping again uses the rules in force
            {isDraft
              ? ", not this draft: first add the changed rules to the configuration and reload it."
              : "."}
          </p>
          <Button onPress={() => ask(remapOf({ source, ...times, status: mapped }))}>Map again</Button>
        </div>
      )}
      {question}
    </>
  )
}
