import { Webhooks as Wire } from "@usher/admin"
import { type NamedPeople, WebhookStatus } from "@usher/model/Webhook"
import { api } from "../api/client.ts"
import { Member } from "../invitations/InvitationTable.tsx"
import { Export, pageOf } from "../parts/Export.tsx"
import { SearchFilters, TextFilter, useSearchFilter } from "../parts/Filters.tsx"
import { Button } from "../parts/Button.tsx"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { useQuestion } from "../parts/Planned.tsx"
import { Raw } from "../parts/Raw.tsx"
import { chosen } from "../parts/Selecting.tsx"
import { Empty } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Ago } from "../parts/time.tsx"
import { useSearch } from "../parts/useSearch.ts"
import { remapOf, remappable } from "./plans.tsx"

const statuses = WebhookStatus.literals

export const Webhooks = () => {
  const payload = useSearchFilter(statuses, "source", "person", "live", "text", "after")
  const query = useSearch("webhooks", payload, (payload) => api.webhooks.search({ payload }))
  const { ask, question } = useQuestion()
  return (
    <Page
      title="Webhooks"
      lead="Accepted deliveries, newest first. All are verified, except those that an operator released unverified."
      aside={
        <Export name="webhooks" page={(after) => api.webhooks.search({ payload: pageOf(payload, after) })} />
      }
    >
      <SearchFilters statuses={statuses}>
        <TextFilter label="Body text" name="text" />
      </SearchFilters>
      <Pages
        label="Webhooks"
        query={query}
        acts={(target) => (
          <Button
            onPress={() =>
              ask(
                remapOf({
                  ...chosen(target, payload),
                  ...(target === "matching" ? {} : { status: remappable })
                })
              )
            }
          >
            Map again
          </Button>
        )}
        idOf={({ id }) => id}
        hrefOf={({ id }) => `/webhooks/${id}`}
        empty={
          Object.keys(payload).length === 0 ? (
            <Empty title="No webhooks yet">
              See the <a href="#/sources">sources</a> for the URLs to call, or look for refused deliveries in
              the <a href="#/quarantine">quarantine</a>.
            </Empty>
          ) : (
            <Empty title="No matching webhooks">
              Remove a filter, or look for refused deliveries in the <a href="#/quarantine">quarantine</a>.
            </Empty>
          )
        }
        columns={[
          {
            title: "Delivery",
            cell: ({ id, deliveryId, firstWebhookId }) => (
              <>
                <Raw className="mono clip" text={deliveryId ?? id} />
                {firstWebhookId !== null && <span className="muted"> reused id</span>}
              </>
            )
          },
          { title: "Person", cell: ({ people }) => <Person people={people} /> },
          { title: "Source", cell: ({ source }) => <bdi>{source}</bdi> },
          {
            title: "Status",
            cell: ({ status, release }) => (
              <>
                <Status status={status} /> {release?.verified === false && <Status status="unverified" />}
              </>
            )
          },
          {
            title: "Reason",
            cell: ({ reason }) => <Raw className="clip muted" text={reason ?? ""} />
          },
          { title: "Received", cell: ({ receivedAt }) => <Ago at={receivedAt} /> }
        ]}
      />
      {question}
    </Page>
  )
}

const Person = ({ people }: { readonly people: NamedPeople }) => {
  if (people.count === 0) return null
  const others = Wire.others(people)
  return (
    <>
      <Member member={people.first} />
      {others !== "" && <span className="muted"> {others}</span>}
    </>
  )
}
