import { InvitationStatus } from "@usher/model/Invitation"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Export, pageOf } from "../parts/Export.tsx"
import { SearchFilters, useSearchFilter } from "../parts/Filters.tsx"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { Empty } from "../parts/Shown.tsx"
import { table } from "./InvitationTable.tsx"

const statuses = InvitationStatus.literals

export const Invitations = () => {
  const payload = useSearchFilter(statuses, "source", "spot", "person", "live", "webhook", "after")
  const query = useApi(
    ["invitations", "search", JSON.stringify(payload)],
    api.invitations.search({ payload })
  )
  return (
    <Page
      title="Invitations"
      lead="One invitation per person and Live, newest first."
      aside={
        <Export
          name="invitations"
          page={(after) => api.invitations.search({ payload: pageOf(payload, after) })}
        />
      }
    >
      <SearchFilters statuses={statuses} />
      <Pages
        {...table}
        query={query}
        empty={
          <Empty title={Object.keys(payload).length === 0 ? "No invitations yet" : "No matching invitations"}>
            Look for <a href="#/webhooks?status=unmappable">failed mappings</a>.
          </Empty>
        }
      />
    </Page>
  )
}
