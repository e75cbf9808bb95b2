import { InvitationStatus } from "@usher/model/Invitation"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import {
  SourceFilter,
  StatusFilter,
  TextFilter,
  TimeFilter,
  useGiven,
  useStatuses,
  useTimes
} from "../parts/Filters.tsx"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { Empty } from "../parts/Shown.tsx"
import { InvitationTable } from "./InvitationTable.tsx"

const statuses = InvitationStatus.literals

export const Invitations = () => {
  const payload = {
    ...useGiven("source", "spot", "person", "live", "webhook", "after"),
    ...useStatuses(statuses),
    ...useTimes()
  }
  const query = useApi(
    ["invitations", "search", JSON.stringify(payload)],
    api.invitations.search({ payload })
  )
  return (
    <Page
      title="Invitations"
      lead="One person to one Live each, newest first, whatever it was that asked for them."
    >
      <div className="filters">
        <TextFilter label="Person" name="person" placeholder="Address or member id" />
        <TextFilter label="Live" name="live" placeholder="Id" />
        <SourceFilter />
        <TimeFilter />
        <StatusFilter statuses={statuses} />
      </div>
      <Pages
        query={query}
        empty={
          <Empty title="No invitation is like that">
            Take something away from what you look for, or look at the <a href="#/webhooks">webhooks</a>: some
            of them may not have been mapped.
          </Empty>
        }
      >
        {(items) => <InvitationTable items={items} />}
      </Pages>
    </Page>
  )
}
