import { InvitationStatus } from "@usher/model/Invitation"
import { api } from "../api/client.ts"
import { SearchFilters, useSearchFilter } from "../parts/Filters.tsx"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { Empty } from "../parts/Shown.tsx"
import { useSearch } from "../parts/useSearch.ts"
import { table } from "./InvitationTable.tsx"

const statuses = InvitationStatus.literals

export const Invitations = () => {
  const payload = useSearchFilter(statuses, "source", "spot", "person", "live", "webhook", "after")
  const query = useSearch("invitations", payload, (payload) => api.invitations.search({ payload }))
  return (
    <Page title="Invitations" lead="One invitation per person and Live, newest first.">
      <SearchFilters statuses={statuses} />
      <Pages
        {...table}
        query={query}
        empty={
          <Empty title="No matching invitations">
            Remove a filter, or look for <a href="#/webhooks?status=unmappable">failed mappings</a>.
          </Empty>
        }
      />
    </Page>
  )
}
