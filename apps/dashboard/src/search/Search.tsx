import { useQuery } from "@tanstack/react-query"
import { Search as Wire } from "@usher/admin"
import type { ReactNode } from "react"
import { useParams } from "wouter"
import { api, run, withinTime } from "../api/client.ts"
import { queries } from "../api/queries.ts"
import { LiveName } from "../parts/LiveName.tsx"
import { Page, Section } from "../parts/Page.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Ago, Begins } from "../parts/time.tsx"
import { personPath, textOf } from "../people/path.ts"

/** Searches on in parts while the screen shows what is found. */
const useFound = (text: string) => {
  const key = ["search", "text", text]
  return useQuery<Wire.Found, Error>({
    queryKey: key,
    staleTime: Infinity,
    gcTime: 0,
    placeholderData: () => undefined,
    queryFn: async ({ signal }) => {
      let found = await run(withinTime(api.search.all({ payload: { text } })), signal)
      for (let after = Wire.nextOf(found); after !== null; after = Wire.nextOf(found)) {
        queries.setQueryData(key, found)
        const more = withinTime(api.search.all({ payload: { text, after } }))
        found = Wire.joined(found, await run(more, signal))
      }
      return found
    }
  })
}

/** Finds Lives, people, webhooks, invitations and deliveries in quarantine by a text of any kind. */
export const Search = () => {
  const { text: part = "" } = useParams<{ text: string }>()
  const text = textOf(part)
  return (
    <Page
      title="Search"
      lead="Finds an id of a Live, a webhook, an invitation or a delivery, a trace id, and a part of an address or of a Live’s title; in quarantine any text."
    >
      {text === "" ? (
        <Empty title="Nothing to search for">Type a text above.</Empty>
      ) : (
        <Results text={text} />
      )}
    </Page>
  )
}

const Results = ({ text }: { readonly text: string }) => {
  const query = useFound(text)
  return (
    <>
      <p>
        Results for <Raw className="mono" text={text} />
      </p>
      <Shown query={query}>
        {(found) => (
          <>
            {query.isFetching && (
              <p className="hint" role="status">
                Searching …
              </p>
            )}
            {!query.isFetching && found.next !== null && (
              <p className="hint">There are more results. Search for a longer text.</p>
            )}
            <Group title="Lives" items={found.lives} keyOf={({ spot, liveId }) => `${spot} ${liveId}`}>
              {({ spot, liveId, title, startsAt }) => (
                <>
                  <a href={`#/invitations?${new URLSearchParams({ spot, live: liveId })}`}>
                    <Raw className="clip" text={title ?? liveId} />
                  </a>{" "}
                  {title !== null && <Raw className="mono" text={liveId} />} <bdi>{spot}</bdi>
                  {startsAt && (
                    <>
                      {", "}
                      <Begins at={startsAt} />
                    </>
                  )}
                </>
              )}
            </Group>
            <Group title="People" items={found.people} keyOf={(person) => person}>
              {(person) => (
                <a href={`#${personPath(person)}`}>
                  <Raw text={person} />
                </a>
              )}
            </Group>
            <Group title="Webhooks" items={found.webhooks} keyOf={({ id }) => id}>
              {({ id, source, deliveryId, status, receivedAt }) => (
                <>
                  <a href={`#/webhooks/${id}`}>
                    <Raw className="mono" text={deliveryId ?? id} />
                  </a>{" "}
                  <bdi>{source}</bdi> <Status status={status} /> <Ago at={receivedAt} />
                </>
              )}
            </Group>
            <Group title="Invitations" items={found.invitations} keyOf={({ id }) => id}>
              {({ id, member, spot, liveId, status, createdAt }) => (
                <>
                  <a href={`#/invitations/${id}`}>
                    <Raw text={member ?? id} />
                  </a>{" "}
                  <LiveName spot={spot} liveId={liveId} /> <Status status={status} /> <Ago at={createdAt} />
                </>
              )}
            </Group>
            <Group title="Quarantine" items={found.quarantined} keyOf={({ id }) => id}>
              {({ id, source, message, lastAt }) => (
                <>
                  <a href={`#/quarantine/${id}`}>
                    <Raw text={message} />
                  </a>{" "}
                  <bdi>{source}</bdi> <Ago at={lastAt} />
                </>
              )}
            </Group>
            {!query.isFetching && Wire.sizeOf(found) === 0 && (
              <div className="card">
                <Empty title="Nothing found">
                  No id, no delivery id, no trace, no address, no title of a Live and no delivery in
                  quarantine has this text. To search the bodies of webhooks, use the{" "}
                  <a href={`#/webhooks?text=${encodeURIComponent(text)}`}>filter of the webhooks</a>.
                </Empty>
              </div>
            )}
          </>
        )}
      </Shown>
    </>
  )
}

interface GroupProps<A> {
  readonly title: string
  readonly items: ReadonlyArray<A>
  readonly keyOf: (item: A) => string
  readonly children: (item: A) => ReactNode
}

const Group = <A,>({ title, items, keyOf, children }: GroupProps<A>) =>
  items.length === 0 ? null : (
    <Section title={title} isCard>
      <ul>
        {items.map((item) => (
          <li key={keyOf(item)}>{children(item)}</li>
        ))}
      </ul>
    </Section>
  )
